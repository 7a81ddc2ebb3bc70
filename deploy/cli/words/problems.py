"""What services and schemas find wrong with an input, in Russian too; the reason codes beside it are the same everywhere."""

import re
from functools import cache

from deploy.cli.words import refusals

WRONG: dict[str, str] = {
    # bodies
    "there is no body": "содержимого нет",
    "the body is not UTF-8": "текст не в UTF-8",
    "the body is not a JSON object": "это не объект JSON",
    "the body is over {} bytes": "больше {} байт",
    "not valid JSON at line {}, column {}": "неверный JSON: строка {}, столбец {}",
    "not valid JSON at column {}": "неверный JSON: столбец {}",
    "not valid JSON near line {}": "неверный JSON около строки {}",
    "nested deeper than {} levels": "глубина вложенности больше {}",
    "a key stands twice in one object": "один ключ стоит в объекте дважды",
    "an integer does not fit 64 bits": "целое число не помещается в 64 бита",
    "a number is too large": "число слишком велико",
    "{} is not JSON": "{} в JSON не бывает",
    "a string holds half of a surrogate pair": "в строке половина суррогатной пары",
    "not base64": "это не base64",
    "could not be read": "не читается",
    "cannot be taken apart": "письмо не разобрать",
    "has no headers, so it is no mail": "нет заголовков, значит, это не письмо",
    "is larger than 25 MB": "больше 25 МБ",
    "has too many parts": "слишком много частей",
    # events
    "only CloudEvents 1.0 is understood": "понятна только версия CloudEvents 1.0",
    "a structured event needs `data`": "событию в структурной форме нужно поле `data`",
    "the record has no CloudEvents headers": "у записи нет заголовков CloudEvents",
    "this type or major version is not known here": "такой тип или такая старшая версия здесь неизвестны",
    "this type or major version is not taken here": "такой тип или такую старшую версию здесь не принимают",
    # fields
    "Field required": "отсутствует",
    "Input should be a valid string": "нужна строка",
    "Input should be a valid integer": "нужно целое число",
    "Input should be a valid integer, {}": "нужно целое число",
    "Input should be a valid number": "нужно число",
    "Input should be a valid boolean": "нужно true или false",
    "Input should be a valid tuple": "нужен список",
    "Input should be a valid list": "нужен список",
    "Input should be a valid array": "нужен список",
    "Input should be an object": "нужен объект",
    "Input should be a valid dictionary or instance of {}": "нужен объект",
    "String should have at least {} character": "нужен хотя бы {} символ",
    "String should have at most {} characters": "слишком длинно, наибольшая длина в символах: {}",
    "Tuple should have at most {} items after validation, not {}": "слишком много элементов, можно не больше {}",
    "Input should be one of: {}": "допустимо только: {}",
    "Input should be greater than or equal to {}": "число должно быть не меньше {}",
    "Input should be less than or equal to {}": "число должно быть не больше {}",
    "is not a date and time": "это не дата и время",
    "has no offset from UTC": "нет смещения от UTC",
    "was used before for another text": "уже занят другим текстом",
    "a rule failed with {}": "правило завершилось ошибкой {}",
    # refusals
    "it was replayed already and is {}": "запись уже разобрана, итог: {}",
    "its content was deleted when its retention was over": "содержимое записи удалено: срок хранения истёк",
    "it was dismissed already, by {}": "запись уже закрыта без разбора: {}",
    "it was replayed {} times as it is: replay it mended, or dismiss it": (
        "запись без изменений разбирали уже столько раз: {}; исправьте её или закройте без разбора"
    ),
    "only its beginning was kept, it was too large: replay it with the mended record": (
        "сохранилось только начало, запись была слишком велика: передайте исправленную целиком"
    ),
    "{} records are open there, not {}": "открыто там записей: {}, а не {}",
    "the effect is {}: only unknown and failed ones need a person": (
        "состояние действия — {}; решения человека ждут только unknown и failed"
    ),
    "this key lacks the scope {}": "у этого ключа нет права {}",
    "an API key is needed; send it as Authorization: Bearer KEY or X-API-Key: KEY": (
        "нужен ключ доступа: отправьте Authorization: Bearer КЛЮЧ или X-API-Key: КЛЮЧ"
    ),
    # remedies
    "send the event as JSON": "отправьте событие в JSON",
    "encode the JSON as UTF-8": "закодируйте JSON в UTF-8",
    "send one complaint as an object": "отправьте одну жалобу как объект",
    "send less, attachments apart": "отправьте меньше, вложения отдельно",
    "check quotes, commas and brackets": "проверьте кавычки, запятые и скобки",
    "send a flatter document": "отправьте документ с меньшей вложенностью",
    "send each key once": "каждый ключ отправляйте один раз",
    "send it as a string": "отправьте его строкой",
    "send a finite number or null": "отправьте конечное число или null",
    "send characters beyond U+FFFF whole": "символы после U+FFFF отправляйте целиком",
    "send the body as JSON in `data`": "отправьте содержимое как JSON в поле `data`",
    "check the format": "проверьте формат",
    "send the text without its attachments": "отправьте текст без вложений",
    "forward the text itself": "перешлите сам текст",
    "send the mail as it was received (.eml)": "отправьте письмо таким, каким оно пришло (.eml)",
    "send 1.0": "отправьте 1.0",
    "see CloudEvents 1.0": "смотрите CloudEvents 1.0",
    "see the AsyncAPI": "смотрите AsyncAPI",
    "send ce_id and ce_type": "отправьте ce_id и ce_type",
    "send it": "добавьте это поле",
    "leave it out": "уберите его",
    "send one of the values named": "отправьте одно из названных значений",
    "shorten it": "сократите его",
    "send more than that": "отправьте больше",
    "send a whole number": "отправьте целое число",
    "send true or false": "отправьте true или false",
    "send a list": "отправьте список",
    "send an object": "отправьте объект",
    "send an object, with the header Content-Type: application/json": (
        "отправьте объект с заголовком Content-Type: application/json"
    ),
    "send fewer of them": "отправьте меньше элементов",
    "send a number within the bounds": "отправьте число в этих пределах",
    "add the offset, such as Z or +03:00": "добавьте смещение, например Z или +03:00",
    "send a value of the type that the schema names": "отправьте значение того типа, который назван в схеме",
    "send ISO 8601 with an offset, such as {}, or milliseconds since 1970": (
        "отправьте ISO 8601 со смещением, например {}, или миллисекунды с 1970 года"
    ),
    "send a new source_id with each new message; to repeat a message, send the same fields again": (
        "каждому новому сообщению нужен новый source_id; чтобы повторить сообщение, отправьте те же поля"
    ),
    "mend it": "исправьте его",
    "mend the rule, then replay": "исправьте правило и разберите запись заново",
}
"""English as services say it, with gaps, to Russian with the same gaps."""


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    known = sorted((WRONG | refusals.WRONG).items(), key=lambda pair: -len(pair[0].replace("{}", "")))  # the most exact first
    return [(re.compile(re.escape(said).replace(r"\{\}", "(.{1,200}?)")), russian) for said, russian in known]


def in_english(said: str) -> str:
    """As people say it who do not know our classes."""
    return "is missing" if said == "Field required" else said.partition(" or instance of ")[0]


def in_russian(said: str) -> str | None:
    """The same in Russian; None for what is not known here, such as what a newer service says."""
    for pattern, russian in _patterns():
        found = pattern.fullmatch(said)
        if found:
            return russian.format(*found.groups())
    return None
