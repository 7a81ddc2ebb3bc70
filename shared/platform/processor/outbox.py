"""What decisions leave to be handed over: events for Kafka, effects to be done, and one history entry each."""

import hashlib
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json

from shared.contracts.cloudevents import rfc3339
from shared.contracts.events import Event
from shared.contracts.identity import digest, time_ordered_id
from shared.contracts.sealed import Sealed
from shared.platform.clock import machine_ms
from shared.platform.decision import Decision, Effect, Given
from shared.platform.document import Document, NewRow
from shared.platform.effect_record import EffectRecord
from shared.platform.history import HistoryEntry
from shared.platform.processor.decide import Decided
from shared.platform.processor.item import Item
from shared.platform.store import Unencodable

Entry = dict[str, Any]


def fill_outboxes(service: str, decided: Decided, at_once: bool = False) -> None:
    """Write events, effects and history into the outboxes of the documents that change.

    `at_once`: the store writes many rows in one transaction, so effects and history need no outbox and become rows of the
    save itself. Raises `Unencodable` for what cannot be written.
    """
    now = machine_ms()
    for document, item, given, answer in decided.pending:
        try:
            document.out += [_event(service, document, item, given, n, event) for n, event in enumerate(answer.say)]
            history, text = _history(document, item, given, answer)
            if at_once:
                decided.rows += [_effect_row(document, effect, now) for effect in answer.do]
                decided.rows.append(_history_row(history, text, now))
            else:
                document.out += [*(_effect(document, effect) for effect in answer.do), {"k": "h", **history}]
        except (ValueError, PydanticSerializationError) as error:  # a bug of one rule, e.g. a text that was never sealed
            raise Unencodable(document.key) from error


def _event(service: str, document: Document, item: Item, given: Given[Any], ordinal: int, event: Event) -> Entry:
    return {
        "k": "e",
        "topic": event.topic.name,
        "key": event.subject,
        "id": digest(item.cause, service, type(event).__name__, document.id, ordinal),
        "type": event.type_name(),
        "source": f"/redress/{service}",
        "time": rfc3339(given.now),
        "corr": item.correlation or item.cause,
        "cause": item.cause,
        "trace": item.traceparent,
        "body": event.model_dump_json(),
    }


def _effect(document: Document, effect: Effect) -> Entry:
    body = from_json(to_json(effect.body, fallback=_token))
    return {"k": "f", "key": effect.key, "kind": effect.kind, "agg": document.id, "body": body}


def _token(value: Any) -> str | None:
    """What an effect's body may hold beside JSON values: a sealed text, as its token."""
    if isinstance(value, Sealed):
        return value.token
    raise TypeError(f"an effect cannot carry a {type(value).__name__}")


def _history(document: Document, item: Item, given: Given[Any], answer: Decision[Any]) -> tuple[Entry, bytes]:
    """One entry of the tamper-evident history, and its JSON: who, what, why, when, under which policy; chained by hash."""
    entry = {
        "agg": document.id,
        "what": type(item.message).__name__,
        "said": [type(event).__name__ for event in answer.say],
        "why": answer.why,
        "by": given.by,
        "at": given.now,
        "policy": given.policy_hash,
        "cause": item.cause,
        "prev": document.head,
    }
    text = to_json(entry)
    document.head = hashlib.sha256(text).hexdigest()
    return {"hash": document.head, **entry}, text


def _history_row(entry: Entry, text: bytes, now: int) -> NewRow:
    """`text` is what the hash was made of, so it needs not be written as JSON again."""
    row_id = _history_id(entry)
    return NewRow(HistoryEntry, row_id, f'{text[:-1].decode()},"hash":"{entry["hash"]}"}}', (entry["agg"],), now)


def _history_id(entry: Entry) -> str:
    """Begins with the entry's instant: random ids would scatter the writes of a growing collection."""
    return time_ordered_id("h", entry["at"], entry["hash"])


def _effect_row(document: Document, effect: Effect, now: int) -> NewRow:
    kind, aggregate = effect.kind, document.id
    state = {"kind": kind, "keeps": document.collection, "agg": aggregate, "body": effect.body, "at": now, "retry_at": now}
    text = to_json(state, fallback=_token).decode()
    return NewRow(EffectRecord, effect.key, text, ("planned", kind, aggregate, 0, now), now, due=now)


def effects_in(document: Document, now: int) -> list[Document]:
    """The effect records that a document's outbox asks for."""
    return [
        Document(
            entry["key"],
            EffectRecord(
                kind=entry["kind"], keeps=document.collection, agg=entry["agg"], body=entry["body"], at=now, retry_at=now
            ),
            upd=now,
        )
        for entry in document.out
        if entry["k"] == "f"
    ]


def history_in(document: Document, now: int) -> list[Document]:
    """The history entries that wait in a document's outbox."""
    return [
        Document(_history_id(entry), HistoryEntry(**{name: value for name, value in entry.items() if name != "k"}), upd=now)
        for entry in document.out
        if entry["k"] == "h"
    ]
