"""When is an answer not the end? An agent reopens, or the customer says that it is not solved, as often as policy allows."""

from services.escalation.domain.case import Attention, Case, Note, NoteKind
from services.escalation.domain.clocks import start
from services.escalation.domain.commands import ReopenCase
from services.escalation.domain.escalating import climbed
from services.escalation.domain.ladder import next_tier
from services.escalation.domain.noting import noted
from services.escalation.domain.standing import UNKNOWN
from services.escalation.domain.step import Circumstances, Refusal, Step, about
from shared.contracts.events import CaseReopened, SurveyAnswered
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import CaseState, ClockKind, EscalationReason


def reopen_on_request(command: ReopenCase, case: Case | None, given: Circumstances) -> Step | Refusal:
    """An agent takes an answer back; the case stays in its tier and with its owner."""
    if case is None or not case.registered:
        return UNKNOWN
    if case.state is CaseState.OPEN:
        return Refusal("already_open", "The case is open.")
    step = noted(case, NoteKind.REOPENING, command.reason, given)
    return step.then(_reopened(step.case, case.tier, given))


def reopen_on_survey(survey: SurveyAnswered, case: Case | None, given: Circumstances) -> Step | None:
    """The customer says "not solved" about the latest answer; None where there is nothing to reopen.

    A survey follows an answer of ours, so a case without one (unknown, open, or answered anew since) hears nothing new in it.
    """
    if survey.solved or case is None or case.state not in (CaseState.RESOLVED, CaseState.CLOSED) or survey.round != case.round:
        return None
    heard = _with_words(case, survey.words, survey.at, given)
    rule = given.policy.reopening
    if case.customer_reopenings >= rule.max_by_customer:
        limited = heard.flagged(Attention.REOPENING_LIMIT)
        return None if limited == case else Step(limited, why="reopening limit")
    heard = heard.but(customer_reopenings=case.customer_reopenings + 1)
    above = next_tier(case.tier, given.policy) if rule.climbs else None
    step = _reopened(heard, above or case.tier, given, asked_by_customer=True)
    return step.then(climbed(step.case, above, EscalationReason.REOPENED, given)) if above else step


def _with_words(case: Case, words: Sealed | None, at: int, given: Circumstances) -> Case:
    if words is None or case.erased or given.erased:
        return case
    note = Note(kind=NoteKind.CUSTOMER, by="customer", at=at, text=words)
    return case if note in case.notes else case.but(notes=(*case.notes, note))


def _reopened(case: Case, tier: str, given: Circumstances, asked_by_customer: bool = False) -> Step:
    """The case open in a new round, with a new time to answer by the calendar of the tier that will have it."""
    rule = given.policy.clocks_for(case.priority).resolve
    clock = start(ClockKind.RESOLVE, given.now, rule, given.policy.calendar_of(tier), given.policy_hash)
    kept = (
        case.with_clock(clock)
        .but(
            state=CaseState.OPEN,
            round=case.round + 1,
            reopenings=case.reopenings + 1,
            resolved_at=None,
            resolved_by=None,
            closed_at=None,
            close_at=None,
            policy=given.policy_hash,
        )
        .unflagged(Attention.REOPENING_LIMIT)
    )
    event = CaseReopened(
        **about(kept, given),
        owner=kept.owner,
        priority=kept.priority,
        clocks=(clock.said,),
        asked_by_customer=asked_by_customer,
        addressee=kept.addressee,
    )
    return Step(kept, (event,), why=f"round {kept.round}")
