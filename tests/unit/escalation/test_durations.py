import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from services.escalation.domain.durations import Duration, duration_of


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("4 business hours", Duration(4, "hour", business=True)),
        ("1 business day", Duration(1, "day", business=True)),
        ("10 calendar days", Duration(10, "day", business=False)),
        ("30 calendar minutes", Duration(30, "minute", business=False)),
        ("8 calendar weeks", Duration(56, "day", business=False)),
        ("  2   Business  Days ", Duration(2, "day", business=True)),
    ],
)
def test_a_duration_reads_as_it_is_written(text: str, meant: Duration) -> None:
    assert duration_of(text) == meant


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("4 hours", '"business" or "calendar"'),
        ("four business hours", "is not a duration"),
        ("-1 business hours", "is not a duration"),
        ("1.5 business hours", "is not a duration"),
        ("0 business hours", "no time at all"),
        ("2 business weeks", "10 business days"),
        ("4000 calendar days", "longer than ten years"),
        (4, "is not a duration"),
        (None, "is not a duration"),
    ],
)
def test_what_could_mean_two_things_is_refused_with_a_remedy(text: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        duration_of(text)


@anything(st.integers(1, 3000), st.sampled_from(["minute", "hour", "day"]), st.booleans())
def test_a_duration_survives_being_written_and_read(amount: int, unit: str, business: bool) -> None:
    duration = Duration(amount, unit, business)  # type: ignore[arg-type]
    assert duration_of(str(duration)) == duration
