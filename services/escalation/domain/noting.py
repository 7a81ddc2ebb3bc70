"""Who said what about a case? Notes, always sealed."""

from services.escalation.domain.case import Case, Note, NoteKind
from services.escalation.domain.commands import AddNote
from services.escalation.domain.standing import UNKNOWN
from services.escalation.domain.step import Circumstances, Refusal, Step
from shared.contracts.sealed import Sealed

MOST_NOTES = 200
"""As many as a case holds, so that its document stays small."""


def add_note(command: AddNote, case: Case | None, given: Circumstances) -> Step | Refusal:
    """Write a note; whatever the state of the case, as long as there is one."""
    if case is None or not case.registered:
        return UNKNOWN
    if case.erased or given.erased:
        return Refusal("customer_erased", "The customer was erased; nothing may be written about them.")
    if len(case.notes) >= MOST_NOTES:
        return Refusal("too_many_notes", f"A case holds {MOST_NOTES} notes.")
    return noted(case, NoteKind.NOTE, command.text, given)


def noted(case: Case, kind: NoteKind, text: str, given: Circumstances) -> Step:
    """The case with one more note; of an erased customer only that there was one."""
    sealed = None if case.erased or given.erased else Sealed(case.customer_id, plain=text)
    note = Note(kind=kind, by=given.by, at=given.now, text=sealed)
    return Step(case.but(notes=(*case.notes, note)), seal=(sealed,) if sealed else (), why=f"note: {kind.value}")
