"""B: the loop that one would write without any guarantee, on the same rules, rows and database."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from services.intake.store import ContactRow, Source
from services.intake.upstream import read_submission
from services.intake.vault import CustomerKey
from shared.contracts import topics
from shared.contracts.events import BY_TYPE, Event
from shared.contracts.kept import Kept
from shared.contracts.topics import Topic
from shared.platform.clock import machine_ms
from shared.platform.decision import Decision, Given
from shared.platform.policy import Loaded
from shared.platform.service import Hearing, Service
from shared.platform.stores.sqlite_schema import create
from tests.benchmarks.bare_intake import BareIntake, Rows
from tests.benchmarks.broker import MOCK, Patience

Key = tuple[type[Kept], str]
Progress = Callable[[int], None]


class BareStore:
    """The same tables and indexes; one connection in one thread, one transaction a batch."""

    def __init__(self, path: Path, kinds: Sequence[type[Kept]]) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._path = path
        self._stopping = threading.Event()
        self._db = self._thread.submit(self._open, kinds).result()
        self._insert = {kept: _insert_of(kept) for kept in kinds}
        self._update = {kept: _update_of(kept) for kept in kinds}
        self._checkpoints = threading.Thread(target=self._checkpoint, daemon=True)
        self._checkpoints.start()

    def _open(self, kinds: Sequence[type[Kept]]) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "cache_size=-16000"):
            db.execute(f"PRAGMA {pragma}")
        create(db, kinds)
        return db

    def _checkpoint(self) -> None:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=5)
        while not self._stopping.wait(0.5):
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        db.close()

    async def load(self, kept: type[Kept], ids: Iterable[str]) -> dict[str, tuple[Kept, int]]:
        """State and version of what is there."""
        names = list(dict.fromkeys(ids))
        sql = f"SELECT id, state, ver FROM {kept.collection} WHERE id IN ({','.join('?' * len(names))})"  # noqa: S608
        rows = await self._run(lambda: self._db.execute(sql, names).fetchall()) if names else []
        return {name: (kept.model_validate_json(state), ver) for name, state, ver in rows}

    async def save(self, rows: Sequence[tuple[Key, Kept, int]]) -> None:
        """Write all at the version that was read, in one transaction."""
        made = [(kept, name, _columns(state), ver) for (kept, name), state, ver in rows]

        def work() -> None:
            self._db.execute("BEGIN IMMEDIATE")
            for kept, name, columns, ver in made:
                if ver:
                    done = self._db.execute(self._update[kept], [*columns, name, ver])
                else:
                    done = self._db.execute(self._insert[kept], [name, *columns])
                if done.rowcount != 1:
                    raise RuntimeError("the bare loop is alone here")
            self._db.execute("COMMIT")

        await self._run(work)

    async def _run(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def count(self, kept: type[Kept]) -> int:
        """How many rows there are."""
        sql = f"SELECT COUNT(*) FROM {kept.collection}"  # noqa: S608
        return int(self._thread.submit(lambda: self._db.execute(sql).fetchone()[0]).result())

    def close(self) -> None:
        """Stop both threads."""
        self._stopping.set()
        self._checkpoints.join()
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()


def _columns(state: Kept) -> list[Any]:
    return [state.model_dump_json(), machine_ms(), state.due, *state.index().values()]


def _insert_of(kept: type[Kept]) -> str:
    names = ["state", "upd", "due", *(f"ix_{name}" for name in kept.indexed)]
    marks = ",".join("?" * len(names))
    return f"INSERT INTO {kept.collection}(id,ver,schema,meta,pending,{','.join(names)}) VALUES (?,1,1,'',0,{marks})"  # noqa: S608


def _update_of(kept: type[Kept]) -> str:
    names = ["state", "upd", "due", *(f"ix_{name}" for name in kept.indexed)]
    return f"UPDATE {kept.collection} SET ver=ver+1,{','.join(f'{name}=?' for name in names)} WHERE id=? AND ver=?"  # noqa: S608


@dataclass
class BareLoop:
    """Reads, decides, writes, sends, commits; batch after batch."""

    service: Service
    policy: Loaded[Any]
    store: BareStore
    intake: BareIntake | None = None
    patience: Patience = MOCK
    said: dict[str, int] = field(default_factory=dict)

    async def run(self, servers: str, heard: Sequence[Topic], expected: int, progress: Progress) -> None:
        """Until as many records as expected are settled; `progress` is told of each batch before and after it."""
        consumer = AIOKafkaConsumer(
            *(topic.name for topic in heard),
            bootstrap_servers=servers,
            group_id=f"bare.{self.service.name}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=self.patience.fetch_ms,
            fetch_max_bytes=16_777_216,
            max_partition_fetch_bytes=2_097_152,
        )
        producer = AIOKafkaProducer(bootstrap_servers=servers, acks=1, linger_ms=0, max_batch_size=524_288)
        await producer.start()
        await consumer.start()
        done = 0
        try:
            progress(-1)
            while done < expected:
                got = await consumer.getmany(timeout_ms=self.patience.poll_ms, max_records=500)
                records = [record for part in got.values() for record in part]
                if not records:
                    continue
                progress(0)
                said = await (self._intake_batch(records) if self.intake else self._batch(records))
                sent = [
                    await producer.send(
                        event.topic.name, event.model_dump_json().encode(), key=event.subject.encode(), headers=_own(event, n)
                    )
                    for n, event in enumerate(said)
                ]
                await asyncio.gather(*sent)
                for event in said:
                    self.said[event.topic.name] = self.said.get(event.topic.name, 0) + 1
                done += len(records)
                progress(len(records))
                await consumer.commit()
        finally:
            await consumer.stop()
            await producer.stop()

    async def _batch(self, records: Sequence[ConsumerRecord]) -> list[Event]:
        messages: list[tuple[Event, Hearing, str]] = []
        for record in records:
            headers = dict(record.headers)
            event = BY_TYPE[headers["ce_type"].decode()]
            hearings = self.service.hearings.get(event)
            if hearings:
                message = event.model_validate_json(record.value)
                messages += [(message, hearing, headers["ce_id"].decode()) for hearing in hearings]
        wanted: dict[type[Kept], list[str]] = {}
        for message, hearing, _ in messages:
            wanted.setdefault(hearing.keeps, []).append(hearing.about(message))
        loaded: dict[Key, tuple[Kept, int]] = {}
        for kept, names in wanted.items():
            loaded |= {(kept, name): found for name, found in (await self.store.load(kept, names)).items()}
        return await self._decided(messages, loaded)

    async def _decided(self, messages: Sequence[tuple[Event, Hearing, str]], loaded: dict[Key, tuple[Kept, int]]) -> list[Event]:
        changed: dict[Key, Kept] = {}
        said: list[Event] = []
        for message, hearing, cause in messages:
            key = hearing.keeps, hearing.about(message)
            state = changed.get(key) or (loaded[key][0] if key in loaded else None)
            answer = hearing.decide(message, state, self._given(cause))
            if isinstance(answer, Decision):
                if answer.keep is not None:
                    changed[key] = answer.keep
                said += answer.say
        if changed:
            await self.store.save([(key, state, loaded[key][1] if key in loaded else 0) for key, state in changed.items()])
        return said

    async def _intake_batch(self, records: Sequence[ConsumerRecord]) -> list[Event]:
        bare = self.intake
        assert bare is not None
        messages = [read_submission(record.value) for record in records]
        stored: Rows = {}
        await self._load(stored, Source, (bare.sources_of(message) for message in messages))
        await self._load(stored, ContactRow, (name for message in messages for name in bare.contacts_of(message)))
        new: Rows = {}
        arrived = [bare.known(message, stored, new) for message in messages]
        customers = {a.known.customer_id for a in arrived} - bare.keys.keys()
        await self._load(stored, CustomerKey, customers)
        bare.learn(stored)
        (hearing,) = next(iter(self.service.hearings.values()))
        kept = await self.store.load(hearing.keeps, (a.aggregate for a in arrived))
        rows: list[tuple[Key, Kept, int]] = []
        said: list[Event] = []
        for number, one in enumerate(arrived):
            if one.aggregate in kept:
                raise RuntimeError("the input has no doubles")
            answer = hearing.decide(one.message, None, self._given(f"{records[number].partition}-{number}", one.known))
            if isinstance(answer, Decision) and answer.keep is not None:
                new |= bare.seal(answer.seal)
                rows.append(((hearing.keeps, one.aggregate), answer.keep, 0))
                said += answer.say
        rows += [(key, row, 0) for key, row in new.items()]
        await self.store.save(rows)
        return said

    async def _load(self, stored: Rows, kept: type[Kept], names: Iterable[str]) -> None:
        for name, (state, _) in (await self.store.load(kept, names)).items():
            stored[kept, name] = state

    def _given(self, cause: str, facts: Any = None) -> Given[Any]:
        return Given(machine_ms(), self.policy.policy, self.policy.hash, cause, "upstream", facts)


def kinds_of(service: Service) -> tuple[type[Kept], ...]:
    """The rows that a bare loop writes."""
    return (*service.keeps, Source, ContactRow, CustomerKey) if service.name == "intake" else service.keeps


def _own(event: Event, number: int) -> list[tuple[str, bytes]] | None:
    """What the loop itself will hear needs its type and a name; nothing else gets headers."""
    if event.topic is not topics.FOLLOWUP_STEPS:
        return None
    return [("ce_type", event.type_name().encode()), ("ce_id", f"{event.subject}-{number}".encode())]
