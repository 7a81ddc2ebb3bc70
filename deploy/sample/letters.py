"""What people wrap around their words in mail: a greeting, a name, a subject, the letter they answer."""

from random import Random

from deploy.sample.book import Body, Tongue
from deploy.sample.grammar import Filling
from deploy.sample.people import Person

_GREETED = ("здравств", "добр", "уважаем", "досуд", "извините", "hello", "hi", "good", "dear", "sorry", "to whoever", "letter")
_GREETINGS = {"ru": ("Здравствуйте!", "Добрый день!", "Добрый вечер."), "en": ("Hello,", "Hi,", "Dear Nordlys team,")}
_CLOSINGS = {"ru": ("С уважением,", "Жду ответа.", ""), "en": ("Regards,", "Yours,", "")}
_PHONE_LINE = {"ru": "\n\nОтправлено с телефона", "en": "\n\nSent from my phone"}
_QUOTES = {
    "ru": "\n\nПонедельник, {clock}, Нордлис <care@example.org> написал:\n> Спасибо за письмо, оно у нас.\n> Номер: {order}",
    "en": "\n\nOn Monday at {clock}, Nordlys <care@example.org> wrote:\n> Thank you, we have your letter.\n> Number: {order}",
}
_SUBJECTS = {
    ("ru", "complaint"): ("Жалоба", "Жалоба по заказу {order}", "Прошу разобраться", "{order}"),
    ("en", "complaint"): ("Complaint", "Complaint, order {order}", "Please look into this", "{order}"),
    ("ru", "followup"): ("Re: {order}", "Повторно: {order}"),
    ("en", "followup"): ("Re: {order}", "Again: {order}"),
    ("ru", "thanks"): ("Спасибо", "Благодарность"),
    ("en", "thanks"): ("Thank you", "A thank-you"),
    ("ru", "question"): ("Вопрос", "Подскажите, пожалуйста"),
    ("en", "question"): ("Question", "A quick question"),
    ("ru", "advertising"): ("Коммерческое предложение", "Только до конца недели!"),
    ("en", "advertising"): ("A special offer for you", "Grow your business"),
}


def letter(text: str, body: Body, person: Person, filling: Filling, rng: Random) -> str:
    """The text as a mail; automatic mail, advertising and formal letters stay as they are."""
    if body.kind in ("automatic", "advertising") or body.style or person.name in text:
        return text
    if rng.random() < 0.6 and not text.lower().startswith(_GREETED):
        text = f"{rng.choice(_GREETINGS[person.tongue])}\n\n{text}"
    if rng.random() < 0.6 and not body.anonymous:
        text += f"\n\n{rng.choice(_CLOSINGS[person.tongue])}\n{person.name}".replace("\n\n\n", "\n\n")
    if rng.random() < 0.12:
        text += _PHONE_LINE[person.tongue]
    if body.kind == "followup" and rng.random() < 0.4:
        text += filling.fill(_QUOTES[person.tongue])
    return text


def subject(body: Body, tongue: Tongue, filling: Filling, rng: Random) -> str:
    """The subject line of a mail or a form."""
    if body.subject:
        return body.subject
    if body.about and rng.random() < 0.5:
        return ("Про " if tongue == "ru" else "About ") + filling.fill(body.about)
    return filling.fill(rng.choice(_SUBJECTS[tongue, body.kind]))
