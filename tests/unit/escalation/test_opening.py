from services.escalation.domain.acknowledging import hear_of_failed, hear_of_sent
from services.escalation.domain.case import Attention
from services.escalation.domain.clocks import Level
from services.escalation.domain.opening import open_case
from services.escalation.domain.refining import refine
from shared.contracts.events import CaseOpened, DeadlineMissed
from shared.contracts.vocabulary import Channel, ClockKind, Language, Priority
from tests.unit.escalation.world import MONDAY, at, did, failed, given, names, opened, registered, sent, triaged

MINUTE = 60_000


def test_a_registered_complaint_opens_a_case_in_the_provisional_tier_with_both_clocks_from_receipt() -> None:
    step = did(open_case(registered(MONDAY), None, given(MONDAY + 5)))
    (event,) = step.events
    assert isinstance(event, CaseOpened)
    assert (event.priority, event.tier, event.owner, event.round) == (Priority.P3, "frontline", "tier:frontline", 1)
    assert [(clock.kind, clock.due_at) for clock in event.clocks] == [
        (ClockKind.ACKNOWLEDGE, at("2026-11-23 15:00")),
        (ClockKind.RESOLVE, at("2026-11-26 18:00")),
    ]
    assert (event.at, event.received_at, event.by, event.policy) == (MONDAY + 5, MONDAY, "escalation", "p1")
    assert event.addressee == registered().addressee


def test_an_opened_case_knows_what_lists_and_letters_need() -> None:
    case = opened()
    assert (case.channel, case.language, case.summary) == (Channel.EMAIL, Language.RU, "Курьер не приехал")
    assert (case.registered, case.opened_at, case.received_at) == (True, MONDAY, MONDAY)


def test_the_summary_is_the_beginning_of_the_text_where_there_is_no_subject() -> None:
    complaint = registered(masked_subject="", masked_text="  Долго\n\nждём.  " + "а" * 1_000)
    summary = did(open_case(complaint, None, given(MONDAY))).case.summary
    assert summary.startswith("Долго ждём. ааа")
    assert len(summary) == 200


def test_a_complaint_that_arrives_late_has_a_clock_that_started_at_receipt_and_is_triaged_from_now() -> None:
    later = at("2026-11-24 10:00")
    case = did(open_case(registered(MONDAY), None, given(later))).case
    assert case.due_at == at("2026-11-23 15:00")
    assert case.untriaged_at == later + 30 * MINUTE


def test_a_second_registration_of_a_known_case_changes_nothing() -> None:
    assert open_case(registered(masked_subject="Другое"), opened(), given(MONDAY + 9)) is None


def test_what_triage_said_before_the_complaint_arrived_is_remembered_and_applied() -> None:
    early = did(refine(triaged("P1", alerts=("injury",)), None, given(MONDAY)))
    assert early.events == ()
    assert (early.case.registered, early.case.clocks, early.case.due, early.case.due_at) == (False, (), None, None)
    step = did(open_case(registered(), early.case, given(MONDAY + 200)))
    assert names(step) == ["CaseOpened"]
    assert (step.case.tier, step.case.priority, step.case.severity) == ("executive", Priority.P1, 40)
    assert (step.case.untriaged_at, step.case.due_at) == (None, at("2026-11-23 11:00"))


def test_an_acknowledgement_that_went_out_before_the_complaint_arrived_keeps_its_clock() -> None:
    early = did(hear_of_sent(sent(MONDAY + MINUTE), None, given(MONDAY + MINUTE)))
    assert early.events == ()
    step = did(open_case(registered(), early.case, given(MONDAY + 2 * MINUTE)))
    clock = step.case.clock(ClockKind.ACKNOWLEDGE)
    assert names(step) == ["CaseOpened"]
    assert clock is not None
    assert (clock.level, clock.met_at) == (Level.KEPT, MONDAY + MINUTE)


def test_an_acknowledgement_that_went_out_too_late_before_the_complaint_arrived_is_announced_as_missed() -> None:
    late = at("2026-11-23 15:01")
    early = did(hear_of_sent(sent(late), None, given(late))).case
    step = did(open_case(registered(), early, given(late + MINUTE)))
    assert names(step) == ["CaseOpened", "DeadlineMissed"]
    assert isinstance(step.events[1], DeadlineMissed)
    assert step.events[1].clock is ClockKind.ACKNOWLEDGE


def test_an_acknowledgement_that_failed_before_the_complaint_arrived_is_a_task_from_the_start() -> None:
    early = did(hear_of_failed(failed(MONDAY + MINUTE), None)).case
    case = did(open_case(registered(), early, given(MONDAY + 2 * MINUTE))).case
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    assert case.flags == (Attention.NO_ROUTE,)
    assert clock is not None
    assert clock.level is Level.STOPPED


def test_the_case_of_an_erased_customer_runs_but_knows_nobody() -> None:
    step = did(open_case(registered(), None, given(MONDAY, erased=True)))
    event = step.events[0]
    assert isinstance(event, CaseOpened)
    assert (event.addressee.contacts, event.addressee.name, step.case.summary, step.case.erased) == ((), None, "", True)
    assert len(step.case.clocks) == 2


def promised(step) -> int | None:  # type: ignore[no-untyped-def]
    (event,) = [event for event in step.events if isinstance(event, CaseOpened)]
    return event.answer_by


def test_while_triage_is_silent_the_customer_is_promised_what_any_priority_can_keep() -> None:
    opening = did(open_case(registered(MONDAY), None, given(MONDAY)))
    ends = []
    for priority in ("P1", "P2", "P3", "P4"):
        case = did(refine(triaged(priority), opening.case, given(MONDAY + 100))).case
        ends.append(next(clock.due_at for clock in case.clocks if clock.kind is ClockKind.RESOLVE))
    assert promised(opening) == max(ends) > at("2026-11-26 18:00")


def test_once_triage_has_spoken_the_promise_is_the_clocks_own() -> None:
    early = did(refine(triaged("P1"), None, given(MONDAY)))
    step = did(open_case(registered(), early.case, given(MONDAY + 200)))
    assert promised(step) == next(clock.due_at for clock in step.case.clocks if clock.kind is ClockKind.RESOLVE)
