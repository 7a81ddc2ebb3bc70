"""Quiet means quiet everywhere; what is open is named."""

from hypothesis import given
from hypothesis import strategies as st

from deploy.cli import reckoning
from deploy.cli.counts import verdict
from deploy.cli.counts_screen import months, spread
from shared.platform.counting import is_quiet
from tests.cli_house import arrivals, counts_of

small = st.integers(0, 2)
numbers = st.fixed_dictionaries(dict.fromkeys(("outboxes", "announcing", "commands", "timers", "untold"), small))
lags = st.dictionaries(st.sampled_from(["cases.v1", "notices.v1"]), st.none() | small)
by_state = st.dictionaries(st.sampled_from(["planned", "sending", "sent", "failed", "unknown"]), small)
some_counts = st.builds(lambda n, lag, effects: counts_of("triage", lag=lag, effects=effects, **n), numbers, lags, by_state)


def merged(counted=None, came=None, away=()):
    counted = counted if counted is not None else [counts_of("triage")]
    return reckoning.merged({c["service"]: c for c in counted}, list(away), came or arrivals(), None, None, None)


@given(some_counts)
def test_something_is_named_exactly_when_a_service_is_not_quiet(counted):
    assert bool(reckoning.still_open({"triage": counted}, None)) != is_quiet(counted)
    assert merged([counted]).quiet == is_quiet(counted)


@given(st.none() | small, st.none() | small)
def test_arrivals_must_add_up_and_nothing_may_be_in_flight(in_flight, unaccounted):
    found = merged(came=arrivals(in_flight=in_flight, unaccounted=unaccounted))
    assert found.quiet == (in_flight == 0 and unaccounted == 0)


def test_a_house_with_a_service_away_is_never_quiet():
    found = merged(away=["intake"])
    assert not found.quiet
    assert verdict(found, waited=False) == 4


def test_a_broker_that_does_not_answer_is_unreachable_too():
    assert verdict(merged([counts_of("triage", lag={"cases.v1": None})]), waited=False) == 4
    assert verdict(merged(came=arrivals(submitted=None, in_flight=None, unaccounted=None)), waited=False) == 4


def test_the_exit_code_is_3_for_what_is_unaccounted_or_lost_and_for_waiting_in_vain():
    assert verdict(merged(came=arrivals(unaccounted=1)), waited=False) == 3
    assert verdict(merged(came=arrivals(gap=1)), waited=False) == 3
    busy = merged([counts_of("triage", outboxes=1)])
    assert (verdict(busy, waited=False), verdict(busy, waited=True)) == (0, 3)
    assert verdict(merged(), waited=True) == 0


def test_grades_stand_in_their_order_and_names_by_size(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "en")
    assert spread({"P3": 9, "P1": 1, "other": 2}) == "P1 1 · P3 9 · other 2"
    assert spread({"open": 1, "closed": 5, "": 3}) == "closed 5 · open 1"
    assert spread({}) == "—"


def test_the_buckets_of_a_month_are_one_budget():
    bucket = {"currency": "RUB", "month": "2026-09", "committed_minor": 5, "limit_minor": 100}
    assert months([bucket, bucket, {**bucket, "month": "2026-10"}]) == [("RUB", "2026-09", 10, 200), ("RUB", "2026-10", 5, 100)]
