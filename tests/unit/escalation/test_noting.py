import pytest

from services.escalation.domain.case import Case, NoteKind
from services.escalation.domain.commands import AddNote
from services.escalation.domain.noting import MOST_NOTES, add_note
from services.escalation.domain.step import Refusal
from services.escalation.domain.stub import stub
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import CaseState
from tests.unit.escalation.world import CUSTOMER, MONDAY, did, given, routed

NOTE = AddNote(text="  Called the courier, no answer  ")


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.RESOLVED, CaseState.CLOSED])
def test_a_note_is_sealed_and_kept_in_any_state(state: CaseState) -> None:
    step = did(add_note(NOTE, routed().but(state=state), given(MONDAY + 5, by="anna")))
    assert step.events == ()
    assert step.seal == (Sealed(CUSTOMER, plain="Called the courier, no answer"),)
    assert [(note.kind, note.by, note.at) for note in step.case.notes] == [(NoteKind.NOTE, "anna", MONDAY + 5)]
    assert "courier" not in step.why


def full() -> Case:
    note = did(add_note(NOTE, routed(), given(MONDAY))).case.notes[0]
    return routed().but(notes=(note,) * MOST_NOTES)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (None, "unknown_case"),
        (stub("cmp_1", CUSTOMER), "unknown_case"),
        (routed().forgotten(), "customer_erased"),
        (full(), "too_many_notes"),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused_with_a_reason(case: Case | None, reason: str) -> None:
    refusal = add_note(NOTE, case, given(MONDAY, by="anna"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
