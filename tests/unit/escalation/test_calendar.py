from datetime import date
from typing import Any

import pytest
from hypothesis import given as anything
from hypothesis import settings
from hypothesis import strategies as st

from services.escalation.domain.calendar import Calendar
from services.escalation.domain.calendar_model import CalendarPolicy
from services.escalation.domain.durations import duration_of
from tests.unit.escalation.world import ALL_WEEK, MOSCOW, OFFICE, WORK_WEEK, at

HOUR = 3_600_000
LONDON = "Europe/London"


def calendar(zone: str = MOSCOW, week: tuple[str, ...] = WORK_WEEK, hours: list[str] | None = None, **more: Any) -> Calendar:
    said = {"zone": zone, "hours": dict.fromkeys(week, hours or OFFICE), **more}
    return CalendarPolicy.model_validate(said).calendar


RUSSIA = calendar(holidays={"country": "RU"})
ENGLAND = calendar(LONDON, hours=["09:00-17:00"], holidays={"country": "GB", "subdivision": "ENG"})
SCOTLAND = calendar(LONDON, hours=["09:00-17:00"], holidays={"country": "GB", "subdivision": "SCT"})
ALWAYS = calendar(LONDON, ALL_WEEK, ["00:00-24:00"])
SPLIT = calendar(LONDON, ALL_WEEK, ["00:00-02:30", "02:30-03:00", "12:00-20:00"])
CALENDARS = [RUSSIA, ENGLAND, ALWAYS, SPLIT]
INSTANTS = st.integers(at("2026-01-01 00:00"), at("2028-12-31 00:00"))
LENGTHS = st.integers(0, 80 * HOUR)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-23 10:00", "2 business hours", "2026-11-23 12:00"),
        ("2026-11-23 12:00", "2 business hours", "2026-11-23 15:00"),
        ("2026-11-23 13:30", "1 business hour", "2026-11-23 15:00"),
        ("2026-11-23 17:00", "2 business hours", "2026-11-24 10:00"),
        ("2026-11-27 17:00", "1 business hour", "2026-11-27 18:00"),
        ("2026-11-27 19:00", "1 business hour", "2026-11-30 10:00"),
        ("2026-11-28 12:00", "30 business minutes", "2026-11-30 09:30"),
        ("2026-11-23 10:00", "1 business day", "2026-11-24 18:00"),
        ("2026-11-28 12:00", "1 business day", "2026-11-30 18:00"),
        ("2026-11-27 10:00", "2 business days", "2026-12-01 18:00"),
        ("2026-11-28 12:00", "30 calendar minutes", "2026-11-28 12:30"),
        ("2026-11-23 10:00", "10 calendar days", "2026-12-03 23:59:59.999"),
        ("2026-11-23 10:00", "8 calendar weeks", "2027-01-18 23:59:59.999"),
    ],
)
def test_a_duration_ends_where_people_expect_it(start: str, duration: str, end: str) -> None:
    assert RUSSIA.after(at(start), duration_of(duration)) == at(end)


@pytest.mark.parametrize(
    ("end", "duration", "start"),
    [
        ("2026-11-24 10:00", "2 business hours", "2026-11-23 17:00"),
        ("2026-11-23 15:00", "1 business hour", "2026-11-23 14:00"),
        ("2026-11-23 15:00", "90 business minutes", "2026-11-23 12:30"),
        ("2026-11-30 18:00", "1 business day", "2026-11-27 18:00"),
        ("2026-11-30 18:00", "1 calendar hour", "2026-11-30 17:00"),
        ("2026-12-03 23:59:59.999", "2 calendar days", "2026-12-01 23:59:59.999"),
    ],
)
def test_a_warning_is_counted_backwards_in_the_same_time(end: str, duration: str, start: str) -> None:
    assert RUSSIA.before(at(end), duration_of(duration)) == at(start)


@pytest.mark.parametrize(
    "day", ["2026-01-01", "2026-01-08", "2026-01-09", "2026-03-09", "2026-05-11", "2026-11-04", "2026-12-31"]
)
def test_russian_holidays_and_transferred_days_off_are_no_working_days(day: str) -> None:
    assert RUSSIA.business_between(at(f"{day} 00:00"), at(f"{day} 23:59")) == 0


def test_the_first_working_day_after_the_russian_new_year_of_2026_is_the_twelfth() -> None:
    assert RUSSIA.after(at("2025-12-30 19:00"), duration_of("1 business hour")) == at("2026-01-12 10:00")


def test_the_thirty_first_of_december_2026_is_a_transferred_day_off_and_the_thirtieth_is_not() -> None:
    assert RUSSIA.after(at("2026-12-29 18:00"), duration_of("1 business day")) == at("2026-12-30 18:00")
    assert RUSSIA.after(at("2026-12-30 18:00"), duration_of("1 business day")) == at("2027-01-11 18:00")


def test_a_transferred_russian_working_saturday_has_the_hours_of_an_ordinary_day() -> None:
    assert RUSSIA.business_between(at("2027-02-20 00:00"), at("2027-02-21 00:00")) == 8 * HOUR
    assert RUSSIA.business_between(at("2027-02-22 00:00"), at("2027-02-23 00:00")) == 0


@pytest.mark.parametrize(
    ("day", "england", "scotland"),
    [
        ("2026-04-03", 0, 0),
        ("2026-04-06", 0, 8),
        ("2026-05-25", 0, 0),
        ("2026-08-03", 8, 0),
        ("2026-08-31", 0, 8),
        ("2026-11-30", 8, 0),
        ("2026-12-28", 0, 0),
        ("2026-12-29", 8, 8),
    ],
)
def test_bank_holidays_differ_between_the_parts_of_the_united_kingdom(day: str, england: int, scotland: int) -> None:
    start, end = at(f"{day} 00:00", LONDON), at(f"{day} 23:59", LONDON)
    assert ENGLAND.business_between(start, end) == england * HOUR
    assert SCOTLAND.business_between(start, end) == scotland * HOUR


def test_the_policys_own_days_win_over_public_holidays_and_weekends() -> None:
    own = calendar(
        holidays={"country": "RU"},
        closed_days=["2026-11-25"],
        working_days={"2026-11-28": ["10:00-12:00"], "2026-11-04": ["09:00-10:00"]},
    )
    assert own.business_between(at("2026-11-25 00:00"), at("2026-11-26 00:00")) == 0
    assert own.business_between(at("2026-11-28 00:00"), at("2026-11-29 00:00")) == 2 * HOUR
    assert own.business_between(at("2026-11-04 00:00"), at("2026-11-05 00:00")) == 1 * HOUR


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_day_of_a_clock_change_is_as_long_as_it_really_is(day: str, hours: int) -> None:
    start = at(f"{day} 00:00", LONDON)
    end = ALWAYS.after(start - 1, duration_of("1 calendar day"))
    assert ALWAYS.business_between(start, end + 1) == hours * HOUR


def test_opening_hours_follow_the_wall_clock_across_a_clock_change() -> None:
    friday, monday = at("2026-10-23 16:00", LONDON), at("2026-10-26 10:00", LONDON)
    assert ENGLAND.add(friday, 2 * HOUR) == monday
    assert monday - friday == 67 * HOUR


def test_an_interval_that_the_clock_jumps_over_is_never_counted_twice() -> None:
    gap = calendar(LONDON, ALL_WEEK, ["00:00-01:45", "02:00-05:00"])
    start, end = at("2026-03-29 00:00", LONDON), at("2026-03-29 12:00", LONDON)
    assert gap.business_between(start, end) == 4 * HOUR


def test_the_leap_day_counts() -> None:
    assert RUSSIA.after(at("2028-02-28 10:00"), duration_of("1 calendar day")) == at("2028-02-29 23:59:59.999")
    assert RUSSIA.after(at("2028-02-28 10:00"), duration_of("1 business day")) == at("2028-02-29 18:00")
    assert RUSSIA.after(at("2028-02-28 17:00"), duration_of("9 business hours")) == at("2028-02-29 18:00")
    assert date(2028, 2, 29).weekday() == 1


@settings(max_examples=150, deadline=None)
@anything(st.sampled_from(CALENDARS), INSTANTS, LENGTHS)
def test_what_was_added_lies_between(hours: Calendar, instant: int, length: int) -> None:
    assert hours.business_between(instant, hours.add(instant, length)) == length


@settings(max_examples=150, deadline=None)
@anything(st.sampled_from(CALENDARS), INSTANTS, LENGTHS)
def test_what_was_subtracted_lies_between(hours: Calendar, instant: int, length: int) -> None:
    earlier = hours.subtract(instant, length)
    assert earlier <= instant
    assert hours.business_between(earlier, instant) == length


@settings(max_examples=150, deadline=None)
@anything(st.sampled_from(CALENDARS), INSTANTS, st.integers(0, 9 * 24 * HOUR), LENGTHS, LENGTHS)
def test_whoever_starts_later_or_takes_longer_is_never_due_earlier(
    hours: Calendar, instant: int, later: int, length: int, longer: int
) -> None:
    assert hours.add(instant, length) <= hours.add(instant + later, length)
    assert hours.add(instant, length) <= hours.add(instant, length + longer)


@settings(max_examples=100, deadline=None)
@anything(st.sampled_from(CALENDARS), INSTANTS, LENGTHS, LENGTHS)
def test_two_lengths_one_after_the_other_are_one_long_one(hours: Calendar, instant: int, first: int, second: int) -> None:
    assert hours.add(hours.add(instant, first), second) == hours.add(instant, first + second)


@settings(max_examples=100, deadline=None)
@anything(st.sampled_from(CALENDARS), INSTANTS, st.integers(1, 20), st.booleans())
def test_days_end_after_their_start_and_never_earlier_for_one_more(
    hours: Calendar, instant: int, days: int, business: bool
) -> None:
    kind = "business" if business else "calendar"
    end = hours.after(instant, duration_of(f"{days} {kind} days"))
    assert instant < end < hours.after(instant, duration_of(f"{days + 1} {kind} days"))
