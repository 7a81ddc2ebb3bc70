"""Escalation and followup side by side, with what the platform does for them: topics in order, ids heard once, stored as JSON."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.escalation.handlers import escalation
from services.followup.domain.care import Care
from services.followup.handlers import followup
from shared.contracts.events import ComplaintRegistered, Event
from shared.contracts.kept import Kept
from shared.platform.decision import Decision, Effect, Given, Rang, Refused, Settled
from shared.platform.service import Hearing, Service
from tests.unit.escalation import world as desk
from tests.unit.followup import world as care

SERVICES = (escalation, followup)
OFFERS = {
    "once_per_complaint": False,
    "redeem": {"ru": "назовите код сотруднику.", "en": "tell the code to our staff."},
    "monthly_minor": {"RUB": 150_000},
    "buckets": 1,
    "rules": [{"name": "sorry", "amount_minor": 60_000, "currency": "RUB", "valid_days": 20}],
}
"""Every answered case gets an offer, and a month has money for two."""
POLICIES = {"escalation": desk.POLICY, "followup": care.a_policy(offers=OFFERS)}
Check = Callable[["Town", Kept | None, Decision[Any]], None]


@dataclass
class Town:
    """Two complaints on their way; time moves only when it is told to."""

    checks: dict[type[Kept], Check]
    """Asked after every decision about an aggregate of this kind."""
    now: int = desk.MONDAY
    states: dict[tuple[type[Kept], str], Kept] = field(default_factory=dict)
    topics: dict[str, deque[tuple[str, Event]]] = field(default_factory=dict)
    said: list[tuple[str, Event]] = field(default_factory=list)
    effects: dict[str, Effect] = field(default_factory=dict)
    open_letters: list[tuple[str, str]] = field(default_factory=list)
    """Aggregate and key of every letter that the courier still has in hand."""
    heard: set[tuple[str, str, str]] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    steps: int = 0

    def publish(self, event: Event, name: str = "") -> None:
        """Put an event at the end of its topic, under a name of its own unless one is given."""
        name = name or f"event-{len(self.said)}"
        self.said.append((name, event))
        self.topics.setdefault(event.topic.name, deque()).append((name, event))

    def deliver(self, topic: str) -> None:
        """Hand the next event of a topic to every rule that hears it."""
        if not self.topics.get(topic):
            return
        name, event = self.topics[topic].popleft()
        for service in SERVICES:
            for hearing in service.hearings.get(type(event), []):
                aggregate = hearing.about(event)
                if (service.name, aggregate, name) not in self.heard:
                    self.heard.add((service.name, aggregate, name))
                    self.decide(service, hearing, aggregate, event, by=service.name)

    def wake(self) -> None:
        """Let everything ring that is due by now."""
        for service in SERVICES:
            for (kind, aggregate), state in list(self.states.items()):
                if kind in service.timers and state.due is not None and state.due <= self.now:
                    self.decide(service, service.timers[kind], aggregate, Rang(state.due), by="timer")
                    after = self.states[kind, aggregate]
                    assert after.due is None or after.due > self.now, "it would ring for ever"

    def settle(self, number: int, state: str, reason: str) -> None:
        """The courier ends a letter."""
        if self.open_letters:
            aggregate, key = self.open_letters.pop(number % len(self.open_letters))
            self.decide(followup, followup.settlers[Care], aggregate, Settled(key, "mail", state, reason), by="courier")

    def ask(self, service: Service, command: Any, aggregate: str, by: str) -> None:
        """Somebody hands in a command."""
        self.decide(service, service.hearings[type(command)][0], aggregate, command, by)

    def erase(self, customer: str) -> None:
        """A customer is erased, and both services blank what they hold."""
        self.erased.add(customer)
        for place, state in self.states.items():
            if getattr(state, "customer_id", "") == customer:
                self.states[place] = self.stored(state.forgotten())

    def decide(self, service: Service, hearing: Hearing, aggregate: str, message: Any, by: str) -> None:
        """Ask a rule and keep, say and do what it answers, as the platform would."""
        self.steps += 1
        kept = self.states.get((hearing.keeps, aggregate))
        erased = self.customer_of(aggregate, message) in self.erased
        if erased and isinstance(message, ComplaintRegistered):
            message = message.forgotten()
        given = Given(self.now, POLICIES[service.name], "p1", f"cause-{self.steps}", by, erased=erased)
        answer = hearing.decide(message, kept, given)
        if isinstance(answer, Refused):
            assert answer.reason
            return
        self.seal(answer)
        if answer.keep is not None:
            self.states[hearing.keeps, aggregate] = self.stored(answer.keep)
        for event in answer.say:
            assert type(event) in service.says
            self.publish(type(event).model_validate_json(event.model_dump_json()))
        for effect in answer.do:
            assert effect.key not in self.effects, "two effects for one purpose"
            self.effects[effect.key] = effect
            self.open_letters.append((aggregate, effect.key))
        if hearing.keeps in self.checks:
            self.checks[hearing.keeps](self, kept, answer)

    @staticmethod
    def seal(answer: Decision[Any]) -> None:
        """What intake's vault does between a decision and its save."""
        for text in answer.seal:
            assert text.token is None, "sealed already"
            text.token = f"v1.{text.customer_id}.{len(text.plain or '')}"

    @staticmethod
    def stored(state: Kept) -> Kept:
        """The state as the store gives it back; whatever cannot be written or read again fails here."""
        back = type(state).model_validate_json(state.model_dump_json())
        assert back.model_dump_json() == state.model_dump_json()
        assert back.index() == state.index()
        return back

    def customer_of(self, aggregate: str, message: Any) -> str | None:
        """Whom a message is about."""
        addressee = getattr(message, "addressee", None)
        named = addressee.customer_id if addressee else getattr(message, "customer_id", None)
        states = (state for (_, name), state in self.states.items() if name == aggregate)
        return named or next((found for state in states if (found := getattr(state, "customer_id", ""))), None)

    def come_to_rest(self, most: int = 2_000) -> None:
        """Deliver and send everything that waits; whoever would go on for ever fails here."""
        for _ in range(most):
            waiting = [name for name, events in self.topics.items() if events]
            if waiting:
                self.deliver(waiting[0])
            elif self.open_letters:
                self.settle(0, "sent", "")
            else:
                return
        raise AssertionError("the two services talk to each other for ever")
