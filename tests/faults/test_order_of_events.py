"""Row 9: the events of one complaint in every order and with every gap, through the processor and the real rules."""

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.escalation.domain.case import Case
from services.escalation.domain.commands import ResolveCase
from services.escalation.handlers import escalation
from services.followup.domain.care import Care
from services.followup.handlers import followup
from services.triage.domain.assessment import Assessment
from services.triage.handlers import triage
from shared.contracts.events import CustomerErased, Event
from shared.contracts.kept import Kept
from shared.contracts.vocabulary import Remedy
from shared.platform.document import Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.parked import Parked
from shared.platform.processor.item import Item
from shared.platform.processor.topic import TopicHandler
from tests.component.test_processor import Bench, bench_of
from tests.toys import wire
from tests.unit.escalation import world as desk
from tests.unit.followup import world as care
from tests.unit.services.town import OFFERS
from tests.unit.triage import world as judges

Order = tuple[str, ...]
HOUR = 3_600_000


def orders(life: Sequence[str], least: int) -> Iterator[Order]:
    """Every order of every part of a life that has so many events at least."""
    for size in range(least, len(life) + 1):
        for part in itertools.combinations(life, size):
            yield from itertools.permutations(part)


def right(order: Order, life: Sequence[str]) -> Order:
    """The same events as they happened."""
    return tuple(sorted(order, key=life.index))


@dataclass
class Lives:
    """Many complaints to which the same happens, each in an order of its own, side by side on one store."""

    bench: Bench
    life: Mapping[str, Event]
    handlers: dict[str, TopicHandler] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def live(self, named: Mapping[str, Order]) -> None:
        """Let every complaint hear its events; the n-th of all of them come together."""
        for at in range(max(map(len, named.values()))):
            batches: dict[str, list[Any]] = defaultdict(list)
            for complaint, order in named.items():
                if at < len(order):
                    event = self.life[order[at]].model_copy(update={"complaint_id": complaint})
                    name = event.topic.name
                    value, headers = wire(event, f"{complaint}-{order[at]}")
                    batches[name].append(self.bench.record(value, headers, offset=self.offsets[name], topic=name))
                    self.offsets[name] += 1
                    self.handlers.setdefault(name, self.bench.handler_of(event.topic))
            for name, records in batches.items():
                await self.handlers[name].settle(records)

    async def states(self, keeps: type[Kept], names: Sequence[str]) -> dict[str, Any]:
        """What is kept of each, and that nothing was parked on the way."""
        assert not await self.bench.store.find(Parked, Sought()), "an event was parked"
        documents = await self.bench.store.load_many(keeps, names)
        return {name: document.state for name, document in documents.items()}


@pytest.fixture
async def at_escalation(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of(tmp_path, escalation) as bench:
        bench.processor.policy, bench.processor.policy_hash = desk.POLICY, "p1"
        bench.clock.move_to(desk.MONDAY + 300)
        yield bench


@pytest.fixture
async def at_followup(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of(tmp_path, followup) as bench:
        bench.processor.policy = care.a_policy(offers=OFFERS)
        yield bench


# -- escalation

ARRIVAL: dict[str, Event] = {
    "registered": desk.registered(),
    "judged": desk.triaged("P4", desk.MONDAY + 50),
    "judged_anew": desk.triaged("P2", desk.MONDAY + 100, alerts=("legal",)),
    "acknowledged": desk.sent(desk.MONDAY + 200),
    "unsolved": desk.survey(desk.MONDAY + 250),
}
ANSWERED: dict[str, Event] = {
    "answer_sent": desk.sent(desk.MONDAY + HOUR, "resolution"),
    "unsolved": desk.survey(desk.MONDAY + 2 * HOUR, words=True),
    "unsolved_again": desk.survey(desk.MONDAY + 2 * HOUR, words=True),
    "judged_anew": desk.triaged("P2", desk.MONDAY + 4 * HOUR),
}
HOW_IT_CAME = {"complaint_id", "escalated_at", "escalations"}
"""What tells the way and not the place: triage's word moves a case up, or opens it there."""


def of_case(case: Case) -> dict[str, Any]:
    """Everything that a person acts on; a promise that was kept stays as it was made, whatever triage says later."""
    clocks = {clock.kind.value: (clock.level.value, clock.met_at, clock.runs and clock.due_at) for clock in case.clocks}
    return case.model_dump(mode="json", exclude=HOW_IT_CAME | {"clocks"}) | {"clocks": clocks}


async def test_row_9_a_case_is_the_same_in_whatever_order_its_beginning_is_heard(at_escalation: Bench) -> None:
    lives = Lives(at_escalation, ARRIVAL)
    named = {f"cmp_{n}": order for n, order in enumerate(orders(list(ARRIVAL), 3))}
    await lives.live(named)
    states = await lives.states(Case, list(named))
    wrong = differing(named, list(ARRIVAL), {name: of_case(case) for name, case in states.items()})
    assert not wrong, wrong[:3]
    for name, order in named.items():
        opened = [entry for entry in at_escalation.publisher.said("CaseOpened") if entry["key"] == name]
        assert len(opened) == ("registered" in order), "a case is opened once, and never before its complaint is known"
        if "registered" not in order:
            assert name not in states or states[name].due is None, "nothing runs before the complaint is known"
    print(f"\nrow 9: escalation, {len(named)} orders and gaps of a beginning: 0 other outcomes, 0 parked")


async def test_row_9_an_answered_case_is_reopened_once_in_whatever_order_it_is_heard(at_escalation: Bench) -> None:
    lives = Lives(at_escalation, ARRIVAL | ANSWERED)
    named = {f"cmp_{n}": order for n, order in enumerate(orders(list(ANSWERED), 2))}
    await lives.live(dict.fromkeys(named, ("registered", "judged", "acknowledged")))
    (resolving,) = escalation.hearings[ResolveCase]
    answer = ResolveCase(remedy=Remedy.APOLOGY, answer="We are sorry.")
    items = [Item(resolving, name, answer, f"r-{name}", f"r-{name}", "olga") for name in named]
    outcomes, announced = await at_escalation.processor.process(items)
    await announced
    assert {outcome.kind for outcome in outcomes.values()} == {"done"}
    at_escalation.clock.move_to(desk.MONDAY + 5 * HOUR)
    again = {f"{name}": order for name, order in named.items()}
    await Lives(at_escalation, ANSWERED).live(again)
    states = await lives.states(Case, list(named))
    wrong = differing(named, list(ANSWERED), {name: of_case(case) for name, case in states.items()})
    assert not wrong, wrong[:3]
    for name, order in named.items():
        unsolved = any(event.startswith("unsolved") for event in order)
        assert (states[name].round, states[name].reopenings) == ((2, 1) if unsolved else (1, 0))
    print(f"\nrow 9: escalation, {len(named)} orders and gaps after an answer: reopened once each, 0 parked")


def differing(named: Mapping[str, Order], life: Sequence[str], states: Mapping[str, Any]) -> list[str]:
    """The orders whose outcome is not that of the right order, and in which fields."""
    first = {order: states.get(name) for name, order in named.items()}
    found = []
    for order, state in first.items():
        expected = first[right(order, life)]
        if state != expected:
            fields = [key for key in (state or expected) if (state or {}).get(key) != (expected or {}).get(key)]
            found.append(f"{' > '.join(order)}: {[(key, (state or {}).get(key), (expected or {}).get(key)) for key in fields]}")
    return found


# -- followup

CARE: dict[str, Event] = {
    "opened": care.opened(),
    "escalated": care.escalated(),
    "resolved": care.resolved(),
    "reopened": care.reopened(),
    "resolved_again": care.resolved(round=2),
}


def letters(state: Care, round_: int) -> set[tuple[str, str]]:
    """The letters of a round."""
    return {(notice.kind.value, notice.state.value) for notice in state.notices if notice.round == round_}


async def test_row_9_the_care_of_a_round_is_the_same_in_whatever_order_it_is_heard(at_followup: Bench) -> None:
    lives = Lives(at_followup, CARE)
    named = {f"cmp_{n}": order for n, order in enumerate(orders(list(CARE), 1))}
    await lives.live(named)
    states = await lives.states(Care, list(named))
    for name, order in named.items():
        state, expected = states[name], states[next(n for n, o in named.items() if o == right(order, list(CARE)))]
        assert (state.round, state.customer_id) == (expected.round, expected.customer_id), order
        assert letters(state, state.round) == letters(expected, expected.round), order
        assert letters(state, 1) <= letters(expected, 1), "at most the letters of a round that is over stay unsent"
        assert state.survey(state.round) == expected.survey(expected.round), order
        assert state.offer(state.round) == expected.offer(expected.round), order
        assert not [one for one in state.surveys if one.round < state.round and one.due], "nobody is asked about what is over"
        purposes = [notice.notice_id for notice in state.notices]
        assert len(purposes) == len(set(purposes)), order
    mails = await at_followup.store.count_by(EffectRecord, "state")
    assert mails == {"planned": sum(len(state.notices) for state in states.values())}
    told = sum(mails.values())
    print(f"\nrow 9: followup, {len(named)} orders and gaps of two rounds: 0 other outcomes, {told} letters, none twice")


# -- triage


@pytest.mark.parametrize("order", [("complaint", "erased"), ("erased", "complaint"), ("erased", "complaint", "complaint")])
async def test_row_9_a_judgement_holds_no_word_of_the_erased_in_whatever_order_it_is_heard(tmp_path: Path, order: Order) -> None:
    async with bench_of(tmp_path, triage) as bench:
        bench.processor.policy = judges.shipped()
        events: dict[str, Event] = {
            "complaint": judges.complaint("Курьер ужасно нахамил"),
            "erased": CustomerErased(customer_id="cus_1", erased_at=bench.clock.now(), erased_by="olga"),
        }
        for number, name in enumerate(order):
            value, headers = wire(events[name], f"{name}-{number}")
            topic = events[name].topic
            await bench.handler_of(topic).settle([bench.record(value, headers, topic=topic.name)])
        (document,) = await bench.store.find(Assessment, Sought())
        assert not await bench.store.find(Parked, Sought())
        assert "нахамил" not in document.state.model_dump_json() and "ужасно" not in document.state.model_dump_json()
        assert len(bench.publisher.said("ComplaintTriaged")) == 1
