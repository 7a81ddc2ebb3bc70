"""What the words before a number say that it is: an order, a phone, a card or a document."""

import re
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """What a number stands for, as its sentence says."""

    ORDER = "order"
    NUMBER = "number"
    """Only "number" was said: a bare mobile number without its trunk digit is then taken for an order."""
    PHONE = "phone"
    CARD = "card"
    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    SSN = "ssn"
    LICENCE = "licence"
    HEALTH = "health"
    UNSAID = ""


REACH: Final = 64
"""How far back the words count, characters."""
_WORDS: Final = 6
_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|[№#.,!?;\n]")
_KINDS: Final = re.compile(
    r"(?P<card>карт(?:а|ы|е|у|ой|очк\w*)?$|cards?$|visa$|master|maestro$|unionpay$|mir$)"
    r"|(?P<phone>тел$|телефон|моб$|мобил|сотов|\w{0,4}звон|набер|набра|what?sapp?|в[ао]т?с[ао]п|вацап|viber|вайбер|телег|telegram"
    r"|tg$|phone|mobile|cell|call|tel$|ph$|text$|sms|смс|контакт|contact|reach|связ|свяж|факс|fax)"
    r"|(?P<passport>паспорт|passport|сери[яи]$)|(?P<snils>снилс|snils)|(?P<inn>инн$|inn$)|(?P<ssn>ssn$|security$)"
    r"|(?P<licence>водител|удостовер|licen[cs]e|ву$)|(?P<health>омс$|nhs$)"
    r"|(?P<order>заказ|накладн|тр[еэ]к|track|посылк|отправлен|чек[ауи]?$|квитанц|обращени|заявк|тикет|ticket|order|invoice|сч[её]т"
    r"|договор|contract|артикул|sku|imei|код|code|id$|ref|case|claim|policy|полис|serial|серийн|штрих|barcode|ean$|брон|booking"
    r"|reserv|рейс|flight|билет|parcel|shipment|package|претенз|жалоб|complaint|account|абонент|транзакц|операци|плат[её]ж"
    r"|payment|transact|item|уин$|товар|product|model|модел)"
)
_NUMBER: Final = re.compile(r"номер|number|num$|no$|n$|nr$|[№#]")
_OWN: Final = frozenset(("мой", "моего", "моём", "моем", "моему", "my", "мои", "свой"))
_SAY_NOTHING: Final = (
    ". , в на по под за с со у и или для от из рф это вот был была мне меня мой моя моей моего моём моем моему ваш вашего "
    "личный новый новая новое данные is was the me at on us to for from or and by with my your new uk details"
)
_FILLERS: Final = frozenset(_SAY_NOTHING.split())
_AFTER_ADDRESS: Final = re.compile(r"(?:wa\.me/|tel:)\+?$")


def meaning_before(text: str) -> Meaning:
    """What a number means that follows this text; the nearest word that says something decides."""
    tail = text[-REACH:].lower().rstrip("+( ")
    if tail.endswith(("/", "=", "_")):
        return Meaning.PHONE if _AFTER_ADDRESS.search(tail) else Meaning.ORDER
    number = on = paused = False
    for word in reversed(_TOKEN.findall(tail)[-_WORDS:]):
        kind = _KINDS.match(word)
        if kind:
            found = Meaning(str(kind.lastgroup))
            # An order "on" a number is placed by the owner of that number; after a comma another thing may be meant.
            is_loose = (on and not number) or paused
            return Meaning.UNSAID if found is Meaning.ORDER and is_loose else found
        if word in _OWN and number:
            return Meaning.PHONE
        if _NUMBER.match(word):
            number = True
        elif word not in _FILLERS:
            break
        paused = paused or word == ","
        on = on or word in ("на", "с", "from")
    return Meaning.NUMBER if number else Meaning.UNSAID
