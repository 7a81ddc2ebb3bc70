"""What is kept of a complaint: whole after the store, and nothing personal after erasure."""

from services.followup.domain.care import Care
from services.followup.domain.meeting import care_for
from services.followup.handlers import acknowledge_case, answer_customer, followup
from shared.contracts.events import CaseOpened, MoneyReturned, OfferDenied, OfferGranted, OfferWanted
from tests.unit.followup.world import CUSTOMER, NOW, an_addressee, given, kept, opened, resolved


def full():
    return kept(answer_customer(resolved(), kept(acknowledge_case(opened(), None, given())), given()))


def test_a_kept_care_comes_back_from_the_store_as_it_was():
    decision = answer_customer(resolved(), None, given())
    assert kept(decision) == decision.keep


def test_fields_of_a_newer_version_are_written_back():
    stored = full().model_dump(mode="json")
    stored["mood"] = "better"
    stored["notices"][0]["read_at"] = NOW
    stored["surveys"][0]["state"] = "postponed"
    again = Care.model_validate(stored)
    changed = again.model_copy(update={"updated_at": NOW + 1}).model_dump(mode="json")
    assert changed["mood"] == "better"
    assert changed["notices"][0]["read_at"] == NOW
    assert again.survey_state == "other"


def test_a_forgotten_care_holds_no_token():
    care = full()
    assert f"v1.{CUSTOMER}" in care.model_dump_json()
    assert f"v1.{CUSTOMER}" not in care.forgotten().model_dump_json()
    assert care.forgotten().forgotten() == care.forgotten()


def test_the_erased_stay_erased_when_late_news_brings_their_address_again():
    care = care_for(resolved(), full().forgotten(), given())
    assert care.addressee.contacts == ()
    assert care.addressee.name is None


def test_the_index_is_made_of_plain_values():
    index = full().index()
    assert index["customer_id"] == CUSTOMER
    assert (index["survey_state"], index["offer_state"], index["no_route"]) == ("asked", "wanted", 0)
    assert all(value is None or isinstance(value, str | int) for value in index.values())


def test_letters_are_english_for_whoever_does_not_write_russian():
    assert kept(acknowledge_case(opened(addressee=an_addressee(language="other")), None, given())).language == "en"


def test_any_event_may_be_the_first():
    assert kept(answer_customer(resolved(round=3), None, given())).round == 3


def test_steps_go_to_the_aggregate_they_are_about():
    about = {message: followup.hearings[message][0].keeps.collection for message in followup.events_heard}
    assert about[CaseOpened] == about[OfferGranted] == about[OfferDenied] == "care"
    assert about[OfferWanted] == about[MoneyReturned] == "budgets"
