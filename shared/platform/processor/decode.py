"""From a record to the messages in it: what is wrong is named, its neighbours go on."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from shared.contracts import cloudevents
from shared.contracts.cloudevents import Attributes
from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.events import BY_TYPE, CustomerErased, Submission
from shared.contracts.topics import INPUT_BYTES, RECORD_BYTES, Topic
from shared.platform.decision import NOTHING
from shared.platform.erasure import Erasure
from shared.platform.faults import problems_of
from shared.platform.processor.item import Item
from shared.platform.service import Hearing, Service

PLAIN_ID = re.compile(r"[A-Za-z0-9._:/-]{1,200}")
"""What a stranger's correlation id may look like: it travels on in headers, so no text and no address."""
FORGET = Hearing(CustomerErased, Erasure, lambda event: str(event.subject), lambda *_: NOTHING)
"""Every service hears erasures; the topic handler acts on them for the whole store instead of one aggregate."""


class Record(NamedTuple):
    """One Kafka record as the consumer read it, with its raw headers."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]

    def arrival(self, epoch: str) -> str:
        """The name of this record for ever: the broker's epoch and its place."""
        return f"topic/{epoch}/{self.topic}/{self.partition}/{self.offset}"


class Decoder:
    """Turns records of one service's topics into items."""

    def __init__(
        self, service: Service, epoch: Callable[[str], str], upstream: Callable[[Any, Attributes | None], Any] | None = None
    ) -> None:
        """`epoch` names the broker's epoch of a topic; `upstream` reads what strangers send (intake only)."""
        self.service = service
        self.epoch = epoch
        self.upstream = upstream
        heard = {FORGET.message, *service.hearings}
        self._others = {(event.topic.name, name.encode()) for name, event in BY_TYPE.items() if event not in heard}
        """What is known, and none of this service's business: topic and type."""

    def items_of(self, topic: Topic, record: Record) -> list[Item]:
        """The items of a record; empty where this service does not handle the event.

        Raises `Unprocessable` for what can never be understood.
        """
        if (topic.name, cloudevents.type_of(record.headers)) in self._others:
            return []
        limit = INPUT_BYTES if topic.confidential else RECORD_BYTES
        if record.value and len(record.value) > limit:
            raise Unprocessable("too_large", [Problem("", f"the body is over {limit} bytes", "send less, attachments apart")])
        said, body = cloudevents.read(record.headers, record.value)
        arrival = record.arrival(self.epoch(record.topic))
        if topic.confidential and self.upstream:
            message = self.upstream(body, said)
            return self._items(self.service.hearings[Submission], message, arrival, arrival, said, record)
        return self._event(topic, record, said, body, arrival)

    def _event(self, topic: Topic, record: Record, said: Attributes | None, body: Any, arrival: str) -> list[Item]:
        if said is None or not said.id:
            raise Unprocessable(
                "no_event_type", [Problem("ce_type", "the record has no CloudEvents headers", "send ce_id and ce_type")]
            )
        event = BY_TYPE.get(said.type)
        if event is None or event.topic.name != topic.name:
            raise Unprocessable(
                "unknown_type", [Problem("ce_type", "this type or major version is not known here", "see the AsyncAPI")]
            )
        hearings = [FORGET] if event is CustomerErased else self.service.hearings.get(event)
        if not hearings:
            return []
        try:
            message = event.heard(body)
        except ValidationError as error:
            raise Unprocessable("wrong_shape", problems_of(error.errors())) from None
        return self._items(hearings, message, said.id, arrival, said, record)

    def _items(
        self, hearings: list[Hearing], message: Any, cause: str, arrival: str, said: Attributes | None, record: Record
    ) -> list[Item]:
        ours = said is not None and cause != arrival  # a foreign record is its own cause, whatever its headers claim
        by = said.source.rsplit("/", 1)[-1] if said and ours and said.source.startswith("/redress/") else "upstream"
        correlation = said.correlation if said and (ours or PLAIN_ID.fullmatch(said.correlation)) else ""
        return [
            Item(
                hearing=hearing,
                aggregate=hearing.about(message),
                message=message,
                cause=cause,
                arrival=arrival,
                by=by,
                correlation=correlation or cause,
                traceparent=said.traceparent if said else "",
                raw=record,
            )
            for hearing in hearings
        ]
