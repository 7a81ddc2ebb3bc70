import pytest

from services.escalation.domain.case import Case, NoteKind
from services.escalation.domain.commands import EscalateCase
from services.escalation.domain.escalating import escalate_on_request
from services.escalation.domain.step import Refusal
from services.escalation.domain.stub import stub
from shared.contracts.events import CaseEscalated
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import CaseState, EscalationReason
from tests.unit.escalation.world import CUSTOMER, MONDAY, at, did, given, routed

ASK = EscalateCase(reason="Нужно решение руководителя")
NOW = MONDAY + 60_000


def test_an_agent_hands_a_case_to_the_next_tiers_queue_and_the_reason_is_sealed() -> None:
    case = routed().but(owner="anna")
    step = did(escalate_on_request(ASK, case, given(NOW, by="anna")))
    (event,) = step.events
    assert isinstance(event, CaseEscalated)
    assert (event.from_tier, event.tier, event.owner, event.by) == ("frontline", "supervisor", "tier:supervisor", "anna")
    assert (event.reason, event.tell_customer, event.answer_by) == (EscalationReason.REQUESTED, True, at("2026-11-26 18:00"))
    assert step.seal == (Sealed(CUSTOMER, plain="Нужно решение руководителя"),)
    (note,) = step.case.notes
    assert (note.kind, note.by, note.at, note.text) == (NoteKind.ESCALATION, "anna", NOW, step.seal[0])
    assert step.case.escalated_at == NOW
    assert "руководителя" not in step.why


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (None, "unknown_case"),
        (stub("cmp_1", CUSTOMER), "unknown_case"),
        (routed().but(tier="executive"), "top_of_ladder"),
        (routed().but(state=CaseState.RESOLVED), "already_resolved"),
        (routed().but(state=CaseState.CLOSED), "not_open"),
    ],
)
def test_what_cannot_climb_is_refused_with_a_reason(case: Case | None, reason: str) -> None:
    refusal = escalate_on_request(ASK, case, given(NOW, by="anna"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    assert refusal.message.endswith(".")


def test_the_reason_for_an_erased_customers_case_is_not_kept() -> None:
    step = did(escalate_on_request(ASK, routed().forgotten(), given(NOW, by="anna")))
    assert (step.seal, step.case.notes[0].text, step.case.tier) == ((), None, "supervisor")
