"""Replay or dismiss what was parked: the decision is asked directly under the original arrival; nothing is published again."""

from dataclasses import dataclass
from typing import Any

from shared.contracts import topics
from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.events import CustomerErased, Submission
from shared.contracts.topics import Topic
from shared.platform.clock import machine_ms
from shared.platform.document import Document
from shared.platform.parked import DlqCipher, Parked, ParkedProblem
from shared.platform.processor.decode import Decoder, Record
from shared.platform.processor.loop import Processor
from shared.platform.processor.topic import Forget
from shared.platform.store import Store, StoreDown

MAX_REPLAYS = 3
"""How often the same bytes are tried; a mend may be tried as often as somebody has one."""
RULE_FAILED = "rule_failed"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one parked record."""

    arrival: str
    outcome: str
    """registered, rejected, double, done, or parked when it is still wrong."""
    reason: str = ""
    problems: tuple[ParkedProblem, ...] = ()


class Replayer:
    """Mends and replays the parked records of one service."""

    def __init__(self, processor: Processor, decoder: Decoder, cipher: DlqCipher, forget: Forget) -> None:
        """Uses the same decoder, processor and way to forget as the topic did."""
        self.forget = forget
        self.processor = processor
        self.decoder = decoder
        self.cipher = cipher
        self.store: Store = processor.store

    async def replay(self, arrival: str, by: str, mended: bytes | None = None) -> Replayed:
        """Decide a parked record again, with `mended` instead of its body if given.

        Raises `KeyError` (no such record), `ValueError` (replayed already, expired, cut, or tried too often as it is), and
        `Unprocessable` for a mend that is itself wrong: then nothing was changed.
        """
        document = await self._waiting(arrival)
        parked = _parked(document)
        if mended is None:
            _ensure_worth_a_try(parked)
        unpacked = self.cipher.unpack(parked.cipher)
        value = unpacked.value if mended is None else mended
        record = Record(parked.topic, parked.partition, parked.offset, unpacked.key, value, unpacked.headers)
        try:
            outcome = await self._decide(record, arrival, by, parked.heard_at)
        except Unprocessable as error:
            if mended is not None and error.reason != RULE_FAILED:
                raise
            problems = tuple(ParkedProblem(field=p.field, message=p.message, remedy=p.remedy) for p in error.problems)
            await self._write(document, {"attempts": parked.attempts + 1})
            return Replayed(arrival, "parked", error.reason, problems)
        await self._write(document, {"attempts": parked.attempts + 1, "state": "replayed", "outcome": outcome})
        return Replayed(arrival, outcome)

    async def dismiss(self, arrival: str, by: str, reason: str) -> int:
        """Give a record up: it is kept, still counts as parked, and is nobody's task any more; the machine instant, ms.

        Raises `KeyError` (no such record) and `ValueError` (replayed or dismissed already).
        """
        document = await self._waiting(arrival)
        if _parked(document).state == "dismissed":
            raise ValueError(f"it was dismissed already, by {_parked(document).dismissed_by}")
        now = machine_ms()
        note = self.cipher.pack(None, (), reason.encode())
        await self._write(document, {"state": "dismissed", "dismissed_by": by, "dismissed_at": now, "note": note})
        return now

    async def _waiting(self, arrival: str) -> Document:
        found = await self.store.load_many(Parked, [arrival])
        if arrival not in found:
            raise KeyError(arrival)
        parked = _parked(found[arrival])
        if parked.state == "replayed":
            raise ValueError(f"it was replayed already and is {parked.outcome}")
        if not parked.cipher:
            raise ValueError("its content was deleted when its retention was over")
        return found[arrival]

    async def _decide(self, record: Record, arrival: str, by: str, heard_at: int | None) -> str:
        items = self.decoder.items_of(_topic(record.topic), record)
        for item in items:
            item.message = _as_heard(item.message, heard_at)
            if item.cause == item.arrival:  # a foreign record is its own cause
                item.cause = arrival
            item.arrival, item.by = arrival, by
        for item in items:
            if isinstance(item.message, CustomerErased):
                await self.forget(item.message)
        items = [item for item in items if not isinstance(item.message, CustomerErased)]
        if not items:
            return "done"
        outcomes, _ = await self.processor.process(items)
        for outcome in outcomes.values():
            if outcome.kind == "failed" and isinstance(outcome.answer, Exception):
                if isinstance(outcome.answer, Unprocessable):
                    raise outcome.answer
                raise Unprocessable(RULE_FAILED, [Problem("", f"a rule failed with {type(outcome.answer).__name__}", "mend it")])
        first = outcomes[0].kind
        return "double" if first == "repeat" else first

    async def _write(self, document: Document, update: dict[str, Any]) -> None:
        document.state = document.state.model_copy(update=update)
        document.upd = machine_ms()
        if await self.store.save([document]):
            raise StoreDown("somebody else replayed it at the same time: look again")


def _ensure_worth_a_try(parked: Parked) -> None:
    if parked.cut:
        raise ValueError("only its beginning was kept, it was too large: replay it with the mended record")
    if parked.attempts >= MAX_REPLAYS:
        raise ValueError(f"it was replayed {parked.attempts} times as it is: replay it mended, or dismiss it")


def _as_heard(message: Any, heard_at: int | None) -> Any:
    """A submission that names no receipt was received when it came, however long it lay here."""
    if isinstance(message, Submission) and message.received_at is None and heard_at is not None:
        return message.model_copy(update={"received_at": heard_at})
    return message


def _parked(document: Document) -> Parked:
    if not isinstance(document.state, Parked):
        raise TypeError(f"{document.id} is not a parked record")
    return document.state


def _topic(name: str) -> Topic:
    return next(topic for topic in topics.ALL if topic.name == name)
