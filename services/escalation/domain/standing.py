"""May a command touch this case at all? Only where it is open."""

from services.escalation.domain.case import Case
from services.escalation.domain.step import Refusal
from shared.contracts.vocabulary import CaseState

UNKNOWN = Refusal("unknown_case", "There is no such case, or its complaint has not arrived yet.")
ALREADY_RESOLVED = Refusal("already_resolved", "The case is resolved; reopen it first.")
NOT_OPEN = Refusal("not_open", "The case is closed; reopen it first.")


def unless_open(case: Case) -> Refusal | None:
    """The refusal of a step that only an open case can take; None where it may go on."""
    if not case.registered:
        return UNKNOWN
    if case.state is CaseState.RESOLVED:
        return ALREADY_RESOLVED
    return None if case.state is CaseState.OPEN else NOT_OPEN
