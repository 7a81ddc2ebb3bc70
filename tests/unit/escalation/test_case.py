from services.escalation.domain.case import Attention, Case, Note, NoteKind
from services.escalation.domain.stub import stub
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import CaseState, Remedy
from tests.unit.escalation.world import CUSTOMER, MONDAY, opened, routed


def token(text: str) -> Sealed:
    return Sealed(CUSTOMER, token=f"v1.{CUSTOMER}.{text}")


def full() -> Case:
    note = Note(kind=NoteKind.NOTE, by="anna", at=MONDAY, text=token("note"))
    return routed("P2").but(notes=(note,), answer=token("answer"), remedy=Remedy.REFUND, flags=(Attention.NO_ROUTE,))


def test_a_case_survives_being_stored_and_read() -> None:
    assert Case.model_validate_json(full().model_dump_json()) == full()


def test_what_a_newer_version_wrote_is_carried_along_through_changes() -> None:
    text = full().model_dump_json().removesuffix("}") + ', "mood": "calm"}'
    case = Case.model_validate_json(text).but(owner="anna").flagged(Attention.UNTRIAGED)
    assert '"mood":"calm"' in case.model_dump_json()


def test_words_that_a_newer_version_knows_read_as_other() -> None:
    text = full().model_dump_json().replace('"no_route"', '"newer"').replace('"state":"open"', '"state":"paused"')
    case = Case.model_validate_json(text)
    assert (case.flags, case.state, case.due) == ((Attention.OTHER,), CaseState.OTHER, None)


def test_every_indexed_value_is_a_string_an_integer_or_null() -> None:
    for case in (full(), opened(), stub("cmp_1", CUSTOMER)):
        index = case.index()
        assert set(index) == set(Case.indexed)
        assert all(value is None or type(value) is int or isinstance(value, str) for value in index.values())
    assert (full().index()["attention"], full().index()["registered"]) == (1, 1)
    assert stub("cmp_1", CUSTOMER).index()["registered"] == 0


def test_a_forgotten_case_holds_no_words_no_contacts_and_no_tokens() -> None:
    case = full().forgotten()
    text = case.model_dump_json()
    assert "v1." not in text
    assert "Курьер" not in text
    assert (case.erased, case.complaint_id, case.customer_id, case.clocks) == (True, "cmp_1", CUSTOMER, full().clocks)
    assert [(note.by, note.at, note.text) for note in case.notes] == [("anna", MONDAY, None)]
    assert case.forgotten() == case


def test_a_flag_is_set_once_and_taken_away_alone() -> None:
    case = full().flagged(Attention.NO_ROUTE).flagged(Attention.UNTRIAGED)
    assert case.flags == (Attention.NO_ROUTE, Attention.UNTRIAGED)
    assert case.unflagged(Attention.NO_ROUTE).flags == (Attention.UNTRIAGED,)
