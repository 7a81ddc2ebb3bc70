"""Ask the rules, in order, and write their answers into the documents; no I/O happens here."""

from asyncio import CancelledError
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.errors import Unprocessable
from shared.contracts.sealed import Sealed
from shared.platform.clock import machine_ms
from shared.platform.decision import Decision, Given, Rang, Refused
from shared.platform.document import Document, NewRow
from shared.platform.processor.item import Item, Outcome
from shared.platform.processor.load import Loaded
from shared.platform.service import Service

SEEN_MS = 16 * 86_400_000
"""How long an aggregate remembers an id: the longest retention of the topics it hears (14 days) and slack."""
TRIES = 3
ONCE = "once/"
"""How the id of a request begins that was minted at a door, because its caller gave no key to repeat it by."""


class RuleEnded(Exception):  # noqa: N818 - named after what happened
    """A rule raised what ends a task or the process: no rule awaits anything, so nobody but itself asked for that."""


@dataclass(slots=True)
class Decided:
    """What a batch came to, before it is saved."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """By the item's position in the batch."""
    changed: dict[tuple[str, str], Document] = field(default_factory=dict)
    secrets: list[Sealed] = field(default_factory=list)
    pending: list[tuple[Document, Item, Given[Any], Decision[Any]]] = field(default_factory=list)
    """Decisions whose events are written into outboxes once their secrets are sealed."""
    rows: list[NewRow] = field(default_factory=list)
    """Effects and history, where the store writes them in the transaction of the save."""


def decide(service: Service, items: Sequence[Item], loaded: Loaded, policy: Any, policy_hash: str, now: int) -> Decided:
    """Apply the rule of each item to its aggregate, in order; a failing item fails alone."""
    decided = Decided()
    for position, item in enumerate(items):
        document = loaded.get(item.key)
        known = _known(document, item)
        if known:
            decided.outcomes[position] = known
            continue
        given = Given(now, policy, policy_hash, item.cause, item.by, item.facts, item.erased)
        try:
            answer = _ask(item, document, given, touched=item.key in decided.changed)
            _take(service, decided, position, loaded, item, given, answer)
        except Exception as error:  # it is parked alone, its neighbours go on
            decided.outcomes[position] = Outcome("failed", error)
    return decided


def _known(document: Document | None, item: Item) -> Outcome | None:
    """The outcome of what this aggregate has heard before, or of a timer that is not due any more."""
    if document is None:
        return None
    if item.arrival in document.settled:
        return Outcome(document.settled[item.arrival], state=document.state)
    if item.cause in document.seen:
        first = document.arrival == item.arrival
        return Outcome(document.outcome if first else "repeat", state=document.state)
    if isinstance(item.message, Rang) and document.state.due != item.message.due:
        return Outcome("stale", state=document.state)
    return None


def _ask(item: Item, document: Document | None, given: Given[Any], touched: bool) -> Decision[Any] | Refused:
    """The rule's answer; an unexpected exception gets a few tries, a wrong message none.

    `touched`: a neighbour in this batch has changed the document, so nobody can have looked at what it is now.
    """
    if item.expect is not None and (touched or item.expect != (document.ver if document else 0)):
        return Refused("changed_meanwhile", "Somebody changed it since you looked: read it again.")
    for attempt in range(TRIES):
        try:
            return item.hearing.decide(item.message, document.state if document else None, given)
        except Unprocessable:
            raise
        except (CancelledError, SystemExit) as error:
            raise RuleEnded(type(error).__name__) from error
        except Exception:
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _take(
    service: Service,
    decided: Decided,
    position: int,
    loaded: Loaded,
    item: Item,
    given: Given[Any],
    answer: Decision[Any] | Refused,
) -> None:
    """Write an answer into the aggregate's document."""
    document = loaded.get(item.key)
    if isinstance(answer, Refused):
        decided.outcomes[position] = Outcome("refused", answer, document.state if document else None)
        return
    for event in answer.say:
        if type(event) not in service.says:
            raise AssertionError(f"{service.name} does not declare that it says {type(event).__name__}")
    from_door = not item.arrival.startswith("topic/")
    touches = answer.keep is not None or (
        document is not None and (not answer.is_empty or (from_door and answer.outcome == "double"))
    )
    if touches:
        if document is None:
            kept = answer.keep or item.hearing.keeps()  # a new aggregate always keeps something
            document = Document(id=item.aggregate, state=kept, arrival=item.arrival, outcome=answer.outcome)
            loaded[item.key] = document
        elif answer.keep is not None:
            document.state = answer.keep
        _remember(document, item, answer.outcome, from_door)
        decided.changed[item.key] = document
        decided.secrets += answer.seal
        decided.pending.append((document, item, given, answer))
    elif answer.say or answer.do:
        raise AssertionError(f"{item.hearing.decide.__name__} says something about an aggregate that it does not keep")
    decided.outcomes[position] = Outcome(answer.outcome, answer, document.state if document else None)


def _remember(document: Document, item: Item, outcome: str, from_door: bool) -> None:
    now = machine_ms()
    document.upd = now
    if item.arrival.startswith(ONCE) and document.arrival != item.arrival:
        return  # a request without a key of its own can never come again
    if len(document.seen) > 16:
        document.seen = {cause: at for cause, at in document.seen.items() if at > now - SEEN_MS}
        document.settled = {request: kind for request, kind in document.settled.items() if request in document.seen}
    document.seen[item.cause] = now
    if from_door and document.arrival != item.arrival and outcome != "done":
        document.settled[item.arrival] = outcome
