from typing import Any

from services.triage.domain.policy_model import TriagePolicy
from services.triage.handlers import triage, triage_complaint
from shared.contracts.events import ComplaintRegistered
from shared.platform.decision import NOTHING, Given
from tests.unit.triage.world import complaint, shipped


def given(**fields: Any) -> Given[TriagePolicy]:
    return Given(now=7_000, policy=shipped(), policy_hash="hash-1", cause="evt_1", by="intake", **fields)


def test_triage_hears_registered_complaints() -> None:
    assert triage.events_heard == [ComplaintRegistered]


def test_a_complaint_is_judged_kept_and_announced() -> None:
    decision = triage_complaint(complaint("Обжёгся вашим чайником"), None, given())
    assert decision.keep is not None
    assert (decision.keep.triaged_at, decision.keep.policy) == (7_000, "hash-1")
    assert [type(event) for event in decision.say] == list(triage.says)
    assert "обжёгся" not in decision.why.lower()


def test_a_complaint_judged_already_changes_nothing() -> None:
    kept = triage_complaint(complaint("Обжёгся"), None, given()).keep
    assert triage_complaint(complaint("Совсем другое"), kept, given()) is NOTHING


def test_after_erasure_no_word_of_the_customer_is_kept_or_said() -> None:
    decision = triage_complaint(complaint("Обжёгся Пафнутий", masked_subject="Пафнутий"), None, given(erased=True))
    assert decision.keep is not None
    said = decision.keep.model_dump_json() + "".join(event.model_dump_json() for event in decision.say)
    assert "Пафнутий" not in said
    assert decision.keep.judgement.alerts == ()
