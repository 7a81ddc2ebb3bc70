"""The four services' rules in memory: from sample complaints to the records that each service really hears."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel

from deploy.sample import complaints
from services.escalation.domain.commands import ResolveCase
from services.escalation.domain.policy_model import EscalationPolicy
from services.escalation.handlers import escalation
from services.followup.domain.policy_model import FollowupPolicy
from services.followup.handlers import followup
from services.intake.domain.policy_model import IntakePolicy
from services.intake.handlers import intake
from services.triage.domain.policy_model import TriagePolicy
from services.triage.handlers import triage
from shared.contracts import topics
from shared.contracts.cloudevents import Attributes, headers_of, rfc3339
from shared.contracts.events import Event
from shared.contracts.identity import digest
from shared.contracts.kept import Kept
from shared.contracts.topics import Topic
from shared.contracts.vocabulary import Remedy
from shared.platform.clock import machine_ms
from shared.platform.decision import Decision, Given, Settled
from shared.platform.policy import Loaded, PolicySource, default_policy
from shared.platform.service import Service
from tests.benchmarks.bare_intake import BareIntake
from tests.benchmarks.broker import Sent

SERVICES: dict[str, Service] = {s.name: s for s in (intake, triage, escalation, followup)}
POLICIES: dict[str, type[BaseModel]] = {
    "intake": IntakePolicy,
    "triage": TriagePolicy,
    "escalation": EscalationPolicy,
    "followup": FollowupPolicy,
}
ANSWER = "We have refunded the amount to the card you paid with and told the warehouse why. It should arrive within three days."


@cache
def policy_of(service: str) -> Loaded[Any]:
    """A service's policy as it is shipped."""
    return PolicySource(default_policy(service), POLICIES[service]).load()


def submissions(count: int, seed: int = 7) -> list[Sent]:
    """What upstream systems send: as many distinct messages as asked for, in sending order, none twice."""
    found: dict[str, Sent] = {}
    for payload in complaints(count + count // 20 + 10, seed):
        found.setdefault(payload["source_id"], sent_upstream(payload))
    return list(found.values())[:count]


def sent_upstream(payload: dict[str, Any]) -> Sent:
    """One payload as a record of the upstream topic: plain JSON without headers."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Sent(topics.SUBMITTED.name, payload["source_id"], body)


@dataclass
class Rehearsal:
    """Plays complaints through all rules once, and keeps what was said by topic."""

    said: dict[str, list[Sent]] = field(default_factory=dict)
    heard: dict[str, list[Event]] = field(default_factory=dict)
    _kept: dict[tuple[str, str, str], Kept] = field(default_factory=dict)

    def play(self, records: Iterable[Sent]) -> "Rehearsal":
        """Each complaint from submission to answered, acknowledged case."""
        door = BareIntake(policy_of("intake").policy)
        for number, record in enumerate(records):
            item = door.known_to_nobody(record.value)
            decision = self._decide("intake", item.message, item.aggregate, f"arrival-{number}", item.known)
            door.seal(decision.seal)
            for registered in self._say("intake", decision, f"arrival-{number}"):
                self._follow(registered, door)
        return self

    def _follow(self, event: Event, door: BareIntake) -> None:
        """What the other three make of a registered complaint, until an agent has answered it."""
        name = event.subject
        triaged = self._tell("triage", event, door)
        opened = self._tell("escalation", event, door)
        for said in triaged:
            opened += self._tell("escalation", said, door)
        if not opened:
            return
        for said in opened:
            for notice in self._tell("followup", said, door):
                for sent in self._delivered(notice, door):
                    self._tell("escalation", sent, door)
        answered = self._decide("escalation", ResolveCase(remedy=Remedy.REFUND, answer=ANSWER), name, f"answer-{name}")
        door.seal(answered.seal)
        for said in self._say("escalation", answered, f"answer-{name}"):
            self._tell("followup", said, door)

    def _delivered(self, notice: Event, door: BareIntake) -> list[Event]:
        """The courier's answer to a letter."""
        notice_id = getattr(notice, "notice_id", None)
        if not notice_id:
            return []
        rule = followup.settlers[next(iter(followup.settlers))]
        end = Settled(notice_id, "mail", "sent")
        kept = self._kept.get(("followup", rule.keeps.collection, notice.subject))
        return self._apply(
            "followup", rule.keeps, notice.subject, rule.decide(end, kept, self._given("followup", notice_id)), door
        )

    def _tell(self, service: str, event: Event, door: BareIntake) -> list[Event]:
        """All that a service says to an event."""
        said: list[Event] = []
        for hearing in SERVICES[service].hearings.get(type(event), ()):
            name = hearing.about(event)
            kept = self._kept.get((service, hearing.keeps.collection, name))
            answer = hearing.decide(event, kept, self._given(service, f"{type(event).__name__}-{name}"))
            said += self._apply(service, hearing.keeps, name, answer, door)
        return said

    def _apply(self, service: str, keeps: type[Kept], name: str, answer: Any, door: BareIntake) -> list[Event]:
        if answer.keep is not None:
            self._kept[service, keeps.collection, name] = answer.keep
        door.seal(answer.seal)
        return self._say(service, answer, f"{service}-{name}")

    def _decide(self, service: str, message: Any, name: str, cause: str, facts: Any = None) -> Decision[Any]:
        hearing = SERVICES[service].hearings[type(message) if service != "intake" else next(iter(intake.hearings))][0]
        kept = self._kept.get((service, hearing.keeps.collection, name))
        answer = hearing.decide(message, kept, self._given(service, cause, facts))
        if not isinstance(answer, Decision):
            raise TypeError(f"{service} refused {type(message).__name__}: {answer.reason}")
        if answer.keep is not None:
            self._kept[service, hearing.keeps.collection, name] = answer.keep
        return answer

    def _given(self, service: str, cause: str, facts: Any = None) -> Given[Any]:
        policy = policy_of(service)
        by = "agent" if cause.startswith("answer") else "upstream"
        return Given(machine_ms(), policy.policy, policy.hash, cause, by, facts)

    def _say(self, service: str, decision: Decision[Any], cause: str) -> list[Event]:
        for ordinal, event in enumerate(decision.say):
            self.heard.setdefault(event.topic.name, []).append(event)
            self.said.setdefault(event.topic.name, []).append(sent_by(service, event, cause, ordinal))
        return list(decision.say)

    def records(self, *wanted: Topic) -> list[Sent]:
        """What was said on these topics, topic by topic, in order."""
        return [record for topic in wanted for record in self.said.get(topic.name, ())]


def sent_by(service: str, event: Event, cause: str, ordinal: int) -> Sent:
    """An event as its service's announcer publishes it."""
    said = Attributes(
        id=digest(cause, service, type(event).__name__, event.subject, ordinal, len(cause)),
        type=event.type_name(),
        source=f"/redress/{service}",
        subject=event.subject,
        time=rfc3339(machine_ms()),
        correlation=event.subject,
        causation=cause,
    )
    return Sent(event.topic.name, event.subject, event.model_dump_json().encode(), tuple(headers_of(said)))
