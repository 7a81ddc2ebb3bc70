"""What the demo says, in both languages."""

import os
from typing import Literal

Tongue = Literal["ru", "en"]


def tongue() -> Tongue:
    """The language of this terminal: REDRESS_LANG, else the locale's."""
    chosen = os.environ.get("REDRESS_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "ru" if chosen.lower().startswith("ru") else "en"


WORDS: dict[str, dict[Tongue, str]] = {
    "starting": {"en": "Starting four services and an embedded broker …", "ru": "Запускаем четыре сервиса и встроенный брокер …"},
    "playing": {
        "en": "Complaints arrive, agents work, customers answer",
        "ru": "Жалобы приходят, сотрудники работают, клиенты отвечают",
    },
    "clock": {"en": "Simulated time", "ru": "Время в симуляции"},
    "day": {"en": "day", "ru": "день"},
    "submitted": {"en": "submitted", "ru": "получено"},
    "open": {"en": "open", "ru": "открыто"},
    "resolved": {"en": "resolved", "ru": "решено"},
    "letters": {"en": "letters", "ru": "писем"},
    "answers": {"en": "survey answers", "ru": "ответов на опрос"},
    "title": {"en": "What happened", "ru": "Что произошло"},
    "took": {
        "en": "{days} simulated days in {seconds:.0f} s, seed {seed}",
        "ru": "Дней в симуляции: {days}, прошло {seconds:.0f} с, начальное число {seed}",
    },
    "channel": {"en": "Channel", "ru": "Канал"},
    "language": {"en": "Language", "ru": "Язык"},
    "priority": {"en": "Priority", "ru": "Приоритет"},
    "category": {"en": "Category", "ru": "Тема"},
    "tier": {"en": "Tier at the end", "ru": "Уровень в конце"},
    "promises": {"en": "Promises", "ru": "Обещания"},
    "kept": {"en": "kept", "ru": "сдержано"},
    "missed": {"en": "missed", "ru": "нарушено"},
    "acknowledge": {"en": "acknowledge", "ru": "подтвердить получение"},
    "resolve": {"en": "resolve", "ru": "решить"},
    "customers": {"en": "Customers", "ru": "Клиенты"},
    "asked": {"en": "asked", "ru": "спрошено"},
    "answered": {"en": "answered", "ru": "ответили"},
    "average": {"en": "mean score", "ru": "средняя оценка"},
    "satisfied": {"en": "satisfied (4–5)", "ru": "довольны (4–5)"},
    "not_solved": {"en": "said “not solved”", "ru": "сказали «не решено»"},
    "escalations": {"en": "escalations", "ru": "эскалаций"},
    "reopened": {"en": "reopened", "ru": "открыто снова"},
    "no_route": {"en": "could not be written to", "ru": "некуда написать"},
    "offers": {"en": "Goodwill offers", "ru": "Предложения в знак извинения"},
    "made": {"en": "made", "ru": "сделано"},
    "redeemed": {"en": "redeemed", "ru": "использовано"},
    "expired": {"en": "expired", "ru": "истекло"},
    "denied": {"en": "refused by the budget", "ru": "отказано бюджетом"},
    "budget": {"en": "budget", "ru": "бюджет"},
    "of": {"en": "of", "ru": "из"},
    "reconciliation": {"en": "Reconciliation", "ru": "Сверка"},
    "adds_up": {"en": "Every message is accounted for.", "ru": "Учтено каждое сообщение."},
    "does_not_add_up": {"en": "The count does not add up!", "ru": "Счёт не сходится!"},
    "story_ru": {"en": "The story of one Russian complaint", "ru": "История одной жалобы на русском"},
    "story_en": {"en": "The story of one English complaint", "ru": "История одной жалобы на английском"},
    "they_wrote": {"en": "The customer wrote (personal data masked)", "ru": "Клиент написал (личные данные скрыты)"},
    "severity": {"en": "severity", "ru": "тяжесть"},
    "urgency": {"en": "urgency", "ru": "срочность"},
    "next": {"en": "Next", "ru": "Дальше"},
    "next_up": {
        "en": "redress up            run it yourself and publish your own",
        "ru": "redress up            запустить у себя",
    },
    "next_serve": {
        "en": "redress demo --serve  play, then look around with redress cases and redress story ID",
        "ru": "redress demo --serve  сыграть и осмотреться: redress cases, redress story ID",
    },
    "serving": {"en": "The house stays open until Ctrl-C.", "ru": "Всё остаётся открытым до Ctrl-C."},
}


def say(key: str, tongue_: Tongue, **values: object) -> str:
    """One text."""
    return WORDS[key][tongue_].format(**values)
