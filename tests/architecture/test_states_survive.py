"""Whatever a state holds comes back from the store as it was, also what a newer version wrote into it."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.contracts.events import SAID, Event
from shared.contracts.fields import Addressee, SealedContact
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import ContactKind
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
    newer = of_the_future(data.draw(states_of(kept)))
    back = kept.model_validate_json(json.dumps(newer))
    assert json.loads(back.model_dump_json()) == newer


@pytest.mark.parametrize("kept", KINDS, ids=lambda kept: kept.__name__)
@few
@drawn(st.data())
def test_erasing_takes_as_much_out_of_a_state_that_a_newer_version_wrote(kept: type[Kept], data: st.DataObject) -> None:
    state = data.draw(states_of(kept))
    newer = kept.model_validate_json(json.dumps(of_the_future(state)))
    assert known_of(newer.forgotten()) == known_of(state.forgotten())


def of_the_future(value: Any) -> Any:
    """A model as the JSON of a version that has one more field in every part of it."""
    if isinstance(value, BaseModel):
        dumped = json.loads(value.model_dump_json())
        inside = {
            name: of_the_future(getattr(value, name)) for name in type(value).model_fields if _holds_parts(getattr(value, name))
        }
        return dumped | inside | {"of_the_future": {"deep": [1, "да"]}}
    return [of_the_future(part) for part in value]


def _holds_parts(value: Any) -> bool:
    return isinstance(value, BaseModel) or (isinstance(value, tuple) and any(isinstance(part, BaseModel) for part in value))


def known_of(value: Any) -> Any:
    """A model without what it does not know, at any depth."""
    if isinstance(value, BaseModel):
        return {name: known_of(getattr(value, name)) for name in type(value).model_fields}
    return [known_of(part) for part in value] if _holds_parts(value) else value


def test_the_check_itself_reaches_parts_of_parts() -> None:
    addressee = Addressee(
        customer_id="c1", contacts=(SealedContact(kind=ContactKind.EMAIL, address=Sealed("c1", token="v1.c1.AA")),)
    )
    newer = of_the_future(addressee)
    assert "of_the_future" in newer
    assert "of_the_future" in newer["contacts"][0]


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
    event: type[Event], data: st.DataObject
) -> None:
    said = data.draw(states_of(event))
    newer = of_the_future(said)
    assert event.heard(newer) == event.heard(json.dumps(newer).encode()) == said


@pytest.mark.parametrize("event", SAID, ids=lambda event: event.__name__)
@few
@drawn(st.data())
def test_a_strangers_field_inside_an_event_travels_no_further(event: type[Event], data: st.DataObject) -> None:
    newer = of_the_future(data.draw(states_of(event)))
    assert "of_the_future" not in event.heard(json.dumps(newer)).model_dump_json()
