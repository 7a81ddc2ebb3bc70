from typing import Any

import pytest
from pydantic import ValidationError

from services.escalation.domain.calendar_model import CalendarPolicy

WEEK = {"mon": ["09:00-18:00"]}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"zone": "Moscow"}, 'write e.g. "Europe/Moscow"'),
        ({"zone": "../etc"}, "is not an IANA time zone"),
        ({"hours": {}}, "at least one weekday"),
        ({"hours": {"mon": []}}, "at least one weekday"),
        ({"hours": {"monday": ["09:00-18:00"]}}, "monday"),
        ({"hours": {"mon": "09:00-18:00"}}, "is not a list of opening intervals"),
        ({"hours": {"mon": ["9-18"]}}, 'write "09:00-13:00"'),
        ({"hours": {"mon": ["09:61-18:00"]}}, "no clock shows"),
        ({"hours": {"mon": ["09:00-24:30"]}}, "no clock shows"),
        ({"hours": {"mon": ["22:00-06:00"]}}, "split a night at midnight"),
        ({"hours": {"mon": ["09:00-13:00", "12:00-18:00"]}}, "without overlap"),
        ({"hours": {"mon": ["14:00-18:00", "09:00-13:00"]}}, "without overlap"),
        ({"holidays": {"country": "XX"}}, "ISO 3166"),
        ({"holidays": {"country": "GB", "subdivision": "QQ"}}, "ISO 3166"),
        ({"closed_days": ["2026-12-30"], "working_days": {"2026-12-30": ["09:00-10:00"]}}, "2026-12-30"),
        ({"holiday": {"country": "RU"}}, "Extra inputs"),
    ],
)
def test_a_mistake_in_a_calendar_is_refused_with_a_remedy(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        CalendarPolicy.model_validate({"zone": "Europe/Moscow", "hours": WEEK} | change)


def test_a_calendar_survives_being_written_and_read() -> None:
    said = {
        "zone": "Europe/London",
        "hours": {"mon": ["09:00-12:30", "13:00-24:00"]},
        "holidays": {"country": "GB", "subdivision": "SCT"},
        "closed_days": ["2026-12-30"],
        "working_days": {"2026-12-26": ["10:00-14:00"]},
    }
    policy = CalendarPolicy.model_validate(said)
    assert policy.model_dump(mode="json") == said
    assert CalendarPolicy.model_validate_json(policy.model_dump_json()) == policy
