"""How an instant is said in Russian and in English, by the wall clock of a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from shared.contracts.vocabulary import Language

ENGLISH = Locale.parse("en_GB")
LOCALES = {Language.RU: Locale.parse("ru"), Language.EN: ENGLISH}


def local(instant: int, zone: str) -> datetime:
    """An instant (UTC ms) as the wall clock of an IANA zone shows it."""
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(zone))


def said(instant: int, zone: str, pattern: str, language: Language) -> str:
    """An instant (UTC ms) by a CLDR pattern, in Russian for Russian and in English for everything else."""
    moment = local(instant, zone)
    return str(format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=LOCALES.get(language, ENGLISH)))


def is_zone(name: str) -> bool:
    """Whether this names an IANA zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
