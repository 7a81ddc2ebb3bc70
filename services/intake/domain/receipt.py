"""When a complaint counts as received: clocks start here."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.intake.domain.policy_model import IntakePolicy
from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.vocabulary import Flag

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MILLISECONDS = re.compile(r"-?[0-9]{9,}")
_REMEDY = "send ISO 8601 with an offset, such as 2026-03-01T09:30:00+03:00, or milliseconds since 1970"


class Receipt(NamedTuple):
    """The instant of receipt, UTC ms, and what was mended."""

    received_at: int
    flags: tuple[Flag, ...] = ()


def receipt_of(said: str | int | None, now: int, policy: IntakePolicy, lenient: bool) -> Receipt:
    """The instant the sender names, but not after now and not before the policy's limit; unreadable ones are `Unprocessable`.

    An instant without offset is read as UTC and flagged where `lenient`, else refused.
    """
    if said is None:
        return Receipt(now)
    instant, assumed = (said, False) if isinstance(said, int) else _read(said, lenient)
    flags = (Flag.TIME_ZONE_ASSUMED,) if assumed else ()
    if instant > now:
        return Receipt(now, (*flags, Flag.RECEIVED_IN_FUTURE))
    earliest = max(0, now - policy.max_backdate_ms)
    if instant < earliest:
        return Receipt(earliest, (*flags, Flag.RECEIVED_TOO_OLD))
    return Receipt(instant, flags)


def _read(said: str, lenient: bool) -> tuple[int, bool]:
    text = said.strip()
    if _MILLISECONDS.fullmatch(text):
        return int(text[:20]), False
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Unprocessable("invalid", [Problem("received_at", "is not a date and time", _REMEDY)]) from None
    if read.tzinfo is not None:
        return (read - _EPOCH) // _MILLISECOND, False
    if not lenient:
        raise Unprocessable("invalid", [Problem("received_at", "has no offset from UTC", _REMEDY)])
    return (read.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND, True
