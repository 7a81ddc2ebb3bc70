"""A batch from a topic: decode each record alone, process all together, park what is wrong, tally, and only then return."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.events import CustomerErased
from shared.contracts.topics import Topic
from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.decision import Refused
from shared.platform.document import Document
from shared.platform.logging import get_logger
from shared.platform.parked import DlqCipher, Parked, export_of, park
from shared.platform.processor.decide import RuleEnded
from shared.platform.processor.decode import Decoder, Record
from shared.platform.processor.item import Item, Outcome, Outcomes
from shared.platform.processor.loop import Processor
from shared.platform.processor.parking import ParkingLimit
from shared.platform.processor.tally import Run, Tally, Walked, advance, runs_of, tally_id
from shared.platform.steps import step

log = get_logger(__name__)
Forget = Callable[[CustomerErased], Awaitable[None]]
LogStart = Callable[[str, int], Awaitable[int]]


@dataclass(slots=True)
class Batch:
    """The records of one poll, taken apart."""

    topic: Topic
    records: Sequence[Record]
    items: list[Item] = field(default_factory=list)
    wrong: list[tuple[Record, Unprocessable]] = field(default_factory=list)
    erasures: list[CustomerErased] = field(default_factory=list)


class TopicHandler:
    """Settles the batches of one topic; returns only when everything is durable and announced."""

    def __init__(
        self,
        topic: Topic,
        decoder: Decoder,
        processor: Processor,
        cipher: DlqCipher,
        limit: ParkingLimit,
        log_start: LogStart,
        forget: Forget,
        epoch: Callable[[str], str],
    ) -> None:
        """One per topic, service and process."""
        self.topic = topic
        self.decoder = decoder
        self.processor = processor
        self.cipher = cipher
        self.limit = limit
        self.log_start = log_start
        self.forget = forget
        self.epoch = epoch
        self.from_zero = False
        """Whether a log that we never read began with us, so that what it lost before its first record is ours too."""
        self.passed: Callable[[str, int, int], None] = lambda topic, partition, offset: None
        """Told the next offset of a partition once it is durable (the embedded broker forgets what all have passed)."""

    async def settle(self, records: Sequence[Record]) -> None:
        """Process a batch. Raises `StoreDown`, `TryAgain` or `NotAnnounced`: then the same batch comes again."""
        service = self.processor.service.name
        batch = self._decode(records)
        for erasure in batch.erasures:
            await self.forget(erasure)

        async def beside(items: Sequence[Item], outcomes: Outcomes) -> list[Document]:
            parked = await self._parked(batch, items, outcomes)
            return parked + await self._tally(batch, items, outcomes)

        outcomes, announced = await self.processor.process(batch.items, beside)
        await announced
        self._note(batch, outcomes)
        metrics.PROCESSED.labels(service, self.topic.name).inc(len(records))
        for record in records:
            self.passed(record.topic, record.partition, record.offset + 1)
        step("before commit")

    async def pass_by(self, walked: Walked) -> None:
        """Count offsets without a record; only what was walked from within what is settled here is known to have none.

        Raises `StoreDown` or `TryAgain`.
        """
        runs = [Run(self.topic.name, partition, upto, "", 0, since) for partition, (since, upto) in walked.items()]

        async def beside(_: Sequence[Item], __: Outcomes) -> list[Document]:
            return await self._tallied(runs)

        await self.processor.process((), beside)

    def _decode(self, records: Sequence[Record]) -> Batch:
        batch = Batch(self.topic, records)
        for record in records:
            try:
                items = self.decoder.items_of(self.topic, record)
            except Unprocessable as error:
                batch.wrong.append((record, error))
                continue
            except Exception as error:  # nothing that a stranger sends may stop its neighbours
                log.error("decoding failed", service=self.processor.service.name, error=type(error).__name__)
                batch.wrong.append((record, Unprocessable("unreadable", [Problem("", "could not be read", "check the format")])))
                continue
            batch.erasures += [item.message for item in items if isinstance(item.message, CustomerErased)]
            batch.items += [item for item in items if not isinstance(item.message, CustomerErased)]
        return batch

    async def _parked(self, batch: Batch, items: Sequence[Item], outcomes: Outcomes) -> list[Document]:
        wrong = list(batch.wrong)
        for position, outcome in outcomes.items():
            if outcome.kind == "failed" and isinstance(outcome.answer, Exception):
                wrong.append((items[position].raw, _reason(outcome.answer)))
        if not wrong:
            return []
        rows = {r.arrival(self.epoch(r.topic)): (r, error) for r, error in wrong}
        there = await self.processor.store.load_many(Parked, rows)
        now, service = machine_ms(), self.processor.service.name
        documents = []
        for arrival, (record, error) in rows.items():
            if arrival not in there:
                parked = park(record, error, self.cipher, now).model_copy(update={"heard_at": self.processor.clock.now()})
                out = [export_of(service, arrival, parked)]
                documents.append(Document(arrival, parked, arrival=arrival, outcome="parked", out=out, upd=now))
        return documents

    async def _tally(self, batch: Batch, items: Sequence[Item], outcomes: Outcomes) -> list[Document]:
        counted = {(r.partition, r.offset): "parked" for r, _ in batch.wrong}
        if batch.topic.confidential:
            for position, outcome in outcomes.items():
                record = items[position].raw
                counted[record.partition, record.offset] = _counted(outcome)
        return await self._tallied(
            runs_of((r.topic, r.partition, r.offset, counted.get((r.partition, r.offset), "")) for r in batch.records)
        )

    async def _tallied(self, runs: Sequence[Run]) -> list[Document]:
        names = {(run.topic, run.partition): tally_id(self.epoch(run.topic), run.topic, run.partition) for run in runs}
        documents = await self.processor.store.load_many(Tally, names.values())
        changed: dict[str, Document] = {}
        for run in runs:
            name = names[run.topic, run.partition]
            document = await self._advanced(name, documents.get(name), run)
            if document:
                documents[name] = changed[name] = document
        return list(changed.values())

    async def _advanced(self, name: str, document: Document | None, run: Run) -> Document | None:
        """A partition's tally after a run; None where all of it was counted before."""
        kept = document.state if document and isinstance(document.state, Tally) else None
        if kept is None and self.from_zero:
            kept = Tally(topic=run.topic, partition=run.partition, epoch=self.epoch(run.topic), first_offset=0, next_offset=0)
        again = min(run.count, max(0, kept.next_offset - run.offset)) if kept else 0
        if again:
            metrics.REDELIVERED.labels(self.processor.service.name).inc(again)
        known = kept.next_offset if kept else 0
        if (kept and run.offset + run.count <= known) or run.since > known:
            return None
        jumped = kept is not None and run.offset > kept.next_offset
        start = await self.log_start(run.topic, run.partition) if jumped else 0
        state = advance(kept, run.topic, run.partition, self.epoch(run.topic), run.offset, run.outcome, start, run.count)
        if kept and state.gap > kept.gap:
            metrics.GAPS.labels(self.processor.service.name, run.topic).inc(state.gap - kept.gap)
            log.error("records were lost before they were read", topic=run.topic, partition=run.partition)
        if document is None:
            return Document(name, state, arrival=name, upd=machine_ms())
        document.state, document.upd = state, machine_ms()
        return document

    def _note(self, batch: Batch, outcomes: Outcomes) -> None:
        """Metrics, logs and the parking limit, once a batch is settled."""
        service = self.processor.service.name
        failed = 0
        failures = [(batch.items[position].raw, o.answer) for position, o in outcomes.items() if o.kind == "failed"]
        for record, error in [*batch.wrong, *failures]:
            reason = error.reason if isinstance(error, Unprocessable) else "rule_failed"
            metrics.PARKED.labels(service, reason).inc()
            arrival, kind = record.arrival(self.epoch(record.topic)), type(error).__name__
            log.warning("parked", service=service, topic=self.topic.name, reason=reason, arrival=arrival, error=kind)
            failed += not isinstance(error, Unprocessable)
        for outcome in outcomes.values():
            if isinstance(outcome.answer, Refused):
                log.info("refused", service=service, topic=self.topic.name, reason=outcome.answer.reason)
        self.limit.note(len(batch.records), failed)


def _reason(error: Exception) -> Unprocessable:
    if isinstance(error, Unprocessable):
        return error
    kind = str(error) if isinstance(error, RuleEnded) else type(error).__name__
    return Unprocessable("rule_failed", [Problem("", f"a rule failed with {kind}", "mend the rule, then replay")])


def _counted(outcome: Outcome) -> str:
    return {"failed": "parked", "repeat": "double"}.get(outcome.kind, outcome.kind)
