"""How an instant, a duration, a sum and a name are said in Russian and in English."""

import re
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

from services.followup.domain.policy_model import FollowupPolicy
from shared.contracts.vocabulary import Language
from shared.text.instants import LOCALES, said

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LONGEST_DURATION = 30 * DAY
_WITHIN = {
    Language.RU: {
        MINUTE: {"one": "в течение {} минуты", "other": "в течение {} минут"},
        HOUR: {"one": "в течение {} часа", "other": "в течение {} часов"},
        DAY: {"one": "в течение {} дня", "other": "в течение {} дней"},
    },
    Language.EN: {
        MINUTE: {"one": "within {} minute", "other": "within {} minutes"},
        HOUR: {"one": "within {} hour", "other": "within {} hours"},
        DAY: {"one": "within {} day", "other": "within {} days"},
    },
}
"""After *в течение* Russian takes the genitive: `few` and `many` fall together there."""
_NAME = re.compile(r"[^\W\d_][\w .'’()-]{0,60}")
_LOOKS_LIKE_LINK = re.compile(r"\w\.\w{2,}|www|http", re.IGNORECASE)


def hour_in_words(instant: int, language: Language, policy: FollowupPolicy) -> str:
    """An hour in the near future, e.g. `14 марта, 15:00 по московскому времени`."""
    zone = policy.time_zone_name.said_in(language)
    return f"{said(instant, policy.time_zone, 'd MMMM, HH:mm', language)} {zone}"


def date_in_words(instant: int, language: Language, policy: FollowupPolicy) -> str:
    """A date that may be far away, e.g. `14 марта 2026 года`."""
    return said(instant, policy.time_zone, "d MMMM y 'года'" if language is Language.RU else "d MMMM y", language)


def day_in_words(instant: int, language: Language, policy: FollowupPolicy) -> str:
    """A day not long ago, e.g. `14 марта`."""
    return said(instant, policy.time_zone, "d MMMM", language)


def within(since: int, until: int, language: Language) -> str | None:
    """A duration as a promise, e.g. `в течение 2 часов`; rounded up, as the exact hour stands beside it; else None."""
    length = until - since
    if not MINUTE <= length <= LONGEST_DURATION:
        return None
    unit = DAY if length >= 2 * DAY else HOUR if length >= HOUR else MINUTE
    count = -(-length // unit)
    forms = _WITHIN[language][unit]
    return forms.get(LOCALES[language].plural_form(count), forms["other"]).format(count)


def money_in_words(minor: int, currency: str, language: Language) -> str:
    """A sum, e.g. `500 ₽` or `€12.50`; whole sums without decimals."""
    locale, digits = LOCALES[language], get_currency_precision(currency)
    pattern = locale.currency_formats["standard"].pattern
    decimals = "." + "0" * digits if digits and minor % 10**digits else ""
    pattern = pattern.replace(".00", decimals)
    if pattern.startswith("¤") and get_currency_symbol(currency, locale)[-1].isalpha():
        pattern = pattern.replace("¤", "¤\u00a0")
    return str(format_currency(Decimal(minor).scaleb(-digits), currency, pattern, locale, currency_digits=False))


def name_in_greeting(name: str | None) -> str | None:
    """The name to greet by, or None where it is none: a name field must not carry strangers' links into our letters."""
    tidy = " ".join((name or "").split())
    return tidy if _NAME.fullmatch(tidy) and not _LOOKS_LIKE_LINK.search(tidy) else None
