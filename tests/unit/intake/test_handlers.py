"""What intake decides, as the platform asks it."""

import pytest

from services.intake.domain.commands import AdmitRejected, EraseCustomer
from services.intake.domain.complaint import Complaint, ComplaintState
from services.intake.domain.customer_record import Customer
from services.intake.domain.status import status_of
from services.intake.handlers import admit_rejected, erase_customer, intake, settle_submission
from shared.contracts.errors import Unprocessable
from shared.contracts.events import ComplaintRegistered, CustomerErased, CustomerSeen
from shared.contracts.vocabulary import Flag
from shared.platform.decision import Decision, Refused
from tests.unit.intake.given import DAY, NOW, POLICY, a_submission, given, known


def kept(**said: str) -> Complaint:
    complaint = settle_submission(a_submission(**said), None, given(known())).keep
    assert complaint is not None
    return complaint


def test_a_first_complaint_is_registered_and_its_customer_seen() -> None:
    decision = settle_submission(a_submission(), None, given(known(is_new_customer=True)))
    assert decision.outcome == "registered"
    assert [type(event) for event in decision.say] == [CustomerSeen, ComplaintRegistered]
    assert set(map(type, decision.say)) <= set(intake.says)


def test_the_same_again_is_a_double_and_says_nothing() -> None:
    decision = settle_submission(a_submission(), kept(), given(known(door="topic")))
    assert (decision.outcome, decision.is_empty) == ("double", True)


def test_a_rejected_one_again_is_a_double_too() -> None:
    rejected = kept(text="Спасибо!")
    assert rejected.state is ComplaintState.REJECTED
    assert settle_submission(a_submission(text="Спасибо!"), rejected, given(known(door="topic"))).outcome == "double"


def test_another_text_under_the_same_source_id_is_refused() -> None:
    with pytest.raises(Unprocessable, match="source_id_reused"):
        settle_submission(a_submission(), kept(), given(known(fingerprint="f2")))


def test_a_replay_into_the_stub_of_an_erased_complaint_stays_a_double() -> None:
    decision = settle_submission(a_submission(), kept().forgotten(), given(known(door="topic", erased=True)))
    assert (decision.outcome, decision.is_empty) == ("double", True)


def test_a_complaint_of_an_erased_customer_seals_nothing() -> None:
    decision = settle_submission(a_submission(customer={"email": "a@b.ru"}), None, given(known(), erased=True))
    assert (decision.outcome, list(decision.seal)) == ("rejected", [])


def test_a_rejected_submission_is_admitted_once() -> None:
    decision = admit_rejected(AdmitRejected(), kept(text="Спасибо!"), given(now=NOW + DAY))
    assert isinstance(decision, Decision)
    (event,) = decision.say
    assert isinstance(event, ComplaintRegistered)
    assert (event.flags, event.received_at, event.registered_at) == ((Flag.ADMITTED,), NOW, NOW + DAY)
    assert admit_rejected(AdmitRejected(), decision.keep, given()) == Refused("already_registered")


def test_an_admitted_complaint_is_not_older_than_the_policy_allows() -> None:
    late = NOW + (POLICY.max_backdate_days + 5) * DAY
    decision = admit_rejected(AdmitRejected(), kept(text="Спасибо!"), given(now=late))
    assert isinstance(decision, Decision) and decision.keep is not None
    assert decision.keep.received_at == NOW + 5 * DAY


def test_what_was_erased_or_is_unknown_is_not_admitted() -> None:
    rejected = kept(text="Спасибо!")
    assert admit_rejected(AdmitRejected(), None, given()) == Refused("unknown_complaint")
    assert admit_rejected(AdmitRejected(), rejected.forgotten(), given()) == Refused("customer_erased")
    assert admit_rejected(AdmitRejected(), rejected, given(erased=True)) == Refused("customer_erased")


def test_an_erasure_leaves_a_stub_tells_everybody_and_has_the_key_destroyed_once() -> None:
    decision = erase_customer(EraseCustomer(customer_id="u_1"), None, given())
    assert isinstance(decision, Decision)
    assert decision.keep == Customer(customer_id="u_1", erased_at=NOW, erased_by="anna")
    assert list(decision.say) == [CustomerErased(customer_id="u_1", erased_at=NOW, erased_by="anna")]
    assert [(effect.key, effect.kind, effect.body) for effect in decision.do] == [
        ("u_1|forget", "forget", {"customer_id": "u_1", "erased_at": NOW})
    ]
    again = erase_customer(EraseCustomer(customer_id="u_1"), decision.keep, given())
    assert isinstance(again, Decision) and again.is_empty


def test_the_stub_of_a_complaint_holds_no_word_and_no_contact() -> None:
    complaint = kept(text="Чайник течёт", subject="Чайник", product="чайник").forgotten()
    assert complaint.erased
    assert "чайник" not in complaint.model_dump_json().lower()
    assert complaint.fingerprint == "f1"


def test_a_customer_learns_the_state_in_words_and_nothing_that_was_written() -> None:
    complaint = kept()
    assert status_of(complaint).title.ru == "Мы получили вашу жалобу"
    assert status_of(kept(text="Thanks!")).title.en == "We have received your message"
    assert status_of(complaint.forgotten()).title.en == "Your data has been erased"
    assert "Чайник" not in status_of(complaint).model_dump_json()
