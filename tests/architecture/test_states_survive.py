"""Whatever a state holds comes back from the store as it was, also what a newer version wrote into it."""

import json

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.contracts.events import SAID
from shared.contracts.kept import Kept
from tests.architecture.any_state import states_of
from tests.architecture.test_kept import KINDS

few = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("kept", KINDS, ids=lambda kept: kept.__name__)
@few
@drawn(st.data())
def test_a_state_comes_back_as_it_was_written(kept: type[Kept], data: st.DataObject) -> None:
    state = data.draw(states_of(kept))
    back = kept.model_validate_json(state.model_dump_json())
    assert back == state
    assert back.model_dump_json() == state.model_dump_json()


@pytest.mark.parametrize("kept", KINDS, ids=lambda kept: kept.__name__)
@few
@drawn(st.data())
def test_what_a_newer_version_wrote_is_written_back(kept: type[Kept], data: st.DataObject) -> None:
    newer = json.loads(data.draw(states_of(kept)).model_dump_json()) | {"of_the_future": {"deep": [1, "да"]}}
    back = kept.model_validate_json(json.dumps(newer))
    assert json.loads(back.model_dump_json()) == newer


@pytest.mark.parametrize("kept", KINDS, ids=lambda kept: kept.__name__)
@few
@drawn(st.data())
def test_a_state_can_always_say_how_it_is_found_when_it_wakes_and_what_is_left_of_it(
    kept: type[Kept], data: st.DataObject
) -> None:
    state = data.draw(states_of(kept))
    values = state.index()
    assert set(values) == set(kept.indexed)
    assert all(value is None or isinstance(value, str | int) for value in values.values())
    assert state.due is None or isinstance(state.due, int)
    left = state.forgotten()
    assert left.forgotten() == left, "erasing again changes nothing"
    assert "v1.c1." not in left.model_dump_json() or "forgotten" not in vars(kept)


@pytest.mark.parametrize("event", SAID, ids=lambda event: event.__name__)
@few
@drawn(st.data())
def test_an_event_is_heard_as_it_was_said_by_whoever_does_not_know_its_newest_field(
    event: type[BaseModel], data: st.DataObject
) -> None:
    said = data.draw(states_of(event))
    newer = json.loads(said.model_dump_json()) | {"of_the_future": 1}
    assert event.model_validate(newer) == event.model_validate_json(said.model_dump_json()) == said
