"""When a complaint counts as received."""

from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.intake.domain.receipt import receipt_of
from shared.contracts.errors import Unprocessable
from shared.contracts.vocabulary import Flag
from tests.unit.intake.given import DAY, NOW, POLICY

EARLIEST = NOW - POLICY.max_backdate_days * DAY


@pytest.mark.parametrize(
    ("said", "received_at", "flags"),
    [
        (None, NOW, ()),
        (NOW - DAY, NOW - DAY, ()),
        (str(NOW - DAY), NOW - DAY, ()),
        ("2026-09-20T17:13:20+03:00", NOW - DAY, ()),
        ("2026-09-20T14:13:20Z", NOW - DAY, ()),
        ("2026-09-20T14:13:20", NOW - DAY, (Flag.TIME_ZONE_ASSUMED,)),
        ("2090-01-01T00:00:00Z", NOW, (Flag.RECEIVED_IN_FUTURE,)),
        ("1970-01-01T00:00:00Z", EARLIEST, (Flag.RECEIVED_TOO_OLD,)),
        ("0001-01-01T00:00:00+14:00", EARLIEST, (Flag.RECEIVED_TOO_OLD,)),
        ("1970-01-01", EARLIEST, (Flag.TIME_ZONE_ASSUMED, Flag.RECEIVED_TOO_OLD)),
        (-1, EARLIEST, (Flag.RECEIVED_TOO_OLD,)),
        (2**62, NOW, (Flag.RECEIVED_IN_FUTURE,)),
    ],
)
def test_an_instant_is_read_clamped_and_flagged(said: Any, received_at: int, flags: tuple[Flag, ...]) -> None:
    assert receipt_of(said, NOW, POLICY, lenient=True) == (received_at, flags)


@pytest.mark.parametrize("said", ["2026-09-20T14:13:20", "2026-09-20"])
def test_an_instant_without_offset_is_refused_where_somebody_can_mend_it(said: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        receipt_of(said, NOW, POLICY, lenient=False)
    assert [problem.field for problem in refused.value.problems] == ["received_at"]
    assert "offset" in refused.value.problems[0].remedy


@pytest.mark.parametrize("said", ["", "yesterday", "2026-13-45T00:00:00Z", "вчера вечером"])
@pytest.mark.parametrize("lenient", [True, False])
def test_what_is_no_date_is_refused_at_every_door(said: str, lenient: bool) -> None:
    with pytest.raises(Unprocessable):
        receipt_of(said, NOW, POLICY, lenient)


@hypothesis_given(st.integers(-(2**63), 2**63) | st.datetimes().map(lambda moment: moment.isoformat() + "+03:00"))
def test_no_clock_starts_outside_the_limits(said: int | str) -> None:
    assert EARLIEST <= receipt_of(said, NOW, POLICY, lenient=True).received_at <= NOW
