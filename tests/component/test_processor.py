"""The loop that all four services share, on a SQLite store and a publisher in memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import topics
from shared.contracts.errors import Unprocessable
from shared.contracts.events import CustomerErased
from shared.platform.clock import SimulatedClock, machine_ms
from shared.platform.decision import Declined
from shared.platform.document import Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.erasure import forget_customer
from shared.platform.history import HistoryEntry
from shared.platform.losses import losses_of, write_off
from shared.platform.parked import DlqCipher, Parked
from shared.platform.processor import effects
from shared.platform.processor.announce import Announcer, NotAnnounced
from shared.platform.processor.decode import Decoder, Record
from shared.platform.processor.doors import Doors
from shared.platform.processor.effects import Done, EffectWorker, Impossible, NotHandedOver, NotYet
from shared.platform.processor.loop import Processor
from shared.platform.processor.parking import ParkingLimit
from shared.platform.processor.sweep import Sweeper
from shared.platform.processor.tally import Tally
from shared.platform.processor.timers import Timers
from shared.platform.processor.topic import TopicHandler
from shared.platform.runtime import kinds_of
from shared.platform.service import Service
from shared.platform.stores.sqlite import SqliteStore
from shared.platform.unknown_effects import resolve_unknown
from tests.builders import NOW, a_registered, an_addressee
from tests.toys import Add, ClosedVault, Count, MemoryPublisher, a_toy, wire

TOPIC = topics.REGISTERED


class Bench:
    """A toy service with everything around it."""

    def __init__(self, path: Path, service: Service) -> None:
        self.service = service
        self.store = SqliteStore(path / "toy.sqlite", kinds_of(service))
        self.publisher = MemoryPublisher()
        self.clock = SimulatedClock(NOW)
        self.announcer = Announcer("triage", self.store, self.publisher)
        self.processor = Processor(service, self.store, ClosedVault(), self.clock, self.announcer, None, "policy-1")
        self.limit = ParkingLimit()
        self.cipher = DlqCipher(b"k" * 32)
        self.decoder = Decoder(service, lambda topic: "run")
        self.handler = self.handler_of(TOPIC)
        self.start = 0
        self.next = 0

    def handler_of(self, topic: topics.Topic) -> TopicHandler:
        return TopicHandler(
            topic, self.decoder, self.processor, self.cipher, self.limit, self.log_start, self.forget, lambda t: "run"
        )

    async def log_start(self, topic: str, partition: int) -> int:
        return self.start

    async def forget(self, erasure: CustomerErased) -> None:
        await forget_customer(self.store, kinds_of(self.service), erasure.customer_id, erasure.erased_at, machine_ms())

    def record(self, value: bytes | None, headers: Any = (), offset: int | None = None, topic: str = TOPIC.name) -> Record:
        if offset is None:
            offset, self.next = self.next, self.next + 1
        return Record(topic, 0, offset, b"key", value, headers)

    def heard(self, event_id: str, offset: int | None = None, **said: Any) -> Record:
        return self.record(*wire(a_registered(**said), event_id), offset=offset)

    async def count(self, name: str = "cmp_1") -> Count:
        state = (await self.store.load_many(Count, [name]))[name].state
        assert isinstance(state, Count)
        return state

    async def tally(self) -> Tally:
        (document,) = await self.store.find(Tally, Sought())
        assert isinstance(document.state, Tally)
        return document.state


@contextlib.asynccontextmanager
async def bench_of(path: Path, service: Service) -> AsyncIterator[Bench]:
    bench = Bench(path, service)
    await bench.store.open()
    task = asyncio.create_task(bench.announcer.run())
    try:
        yield bench
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bench.store.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of(tmp_path, a_toy(alarm=1000)) as made:
        yield made


async def test_an_event_is_decided_kept_and_announced_once(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    assert (await bench.count()).heard == 1
    (said,) = bench.publisher.said("ComplaintTriaged")
    assert said["cause"] == "e1"
    assert (await bench.store.pending())[0] == 0


async def test_the_same_event_again_changes_nothing(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1"), bench.heard("e1")])
    await bench.handler.settle([bench.heard("e1")])
    assert (await bench.count()).heard == 1
    assert len(bench.publisher.said("ComplaintTriaged")) == 1


async def test_the_same_cause_gives_the_same_event_id(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "b"):
        async with bench_of(tmp_path / name, a_toy()) as bench:
            await bench.handler.settle([bench.heard("e1")])
            ids.append(bench.publisher.said("ComplaintTriaged")[0]["id"])
    assert ids[0] == ids[1]


async def test_a_broken_record_is_parked_alone_and_its_neighbours_go_on(bench: Bench) -> None:
    broken = bench.record(b"{broken", wire(a_registered(), "x")[1])
    await bench.handler.settle([bench.heard("e1"), broken, bench.heard("e2", complaint_id="cmp_2")])
    assert (await bench.count("cmp_2")).heard == 1
    (parked,) = await bench.store.find(Parked, Sought())
    assert parked.state.reason == "wrong_shape"
    assert bench.cipher.unpack(parked.state.cipher).value == b"{broken"
    assert (await bench.tally()).next_offset == 3


async def test_a_rule_that_fails_parks_its_record_without_the_customers_words(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1", masked_text="boom"), bench.heard("e2", complaint_id="cmp_2")])
    (parked,) = await bench.store.find(Parked, Sought())
    assert parked.state.reason == "rule_failed"
    assert "boom" not in parked.state.model_dump_json()
    assert (await bench.count("cmp_2")).heard == 1


async def test_a_parked_record_is_exported_encrypted_by_the_sweeper(bench: Bench) -> None:
    await bench.handler.settle([bench.record(b"{secret words", wire(a_registered(), "x")[1])])
    await Sweeper("triage", bench.store, bench.announcer, (Parked,)).sweep(machine_ms() + 1)
    (export,) = [e for e in bench.publisher.entries if e["topic"] == "triage.dlq"]
    assert dict(export["headers"])["dlq-reason"] == "wrong_shape"
    assert "secret" not in str(export)


async def test_a_redelivered_record_is_not_counted_again(bench: Bench) -> None:
    record = bench.heard("e1")
    await bench.handler.settle([record])
    await bench.handler.settle([record])
    tally = await bench.tally()
    assert (tally.first_offset, tally.next_offset) == (0, 1)


async def test_a_jump_within_the_log_is_skipped_and_one_beyond_its_start_is_a_gap(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1", offset=0), bench.heard("e2", offset=3, complaint_id="cmp_2")])
    assert ((await bench.tally()).skipped, (await bench.tally()).gap) == (2, 0)
    bench.start = 8
    await bench.handler.settle([bench.heard("e3", offset=9, complaint_id="cmp_3")])
    assert ((await bench.tally()).skipped, (await bench.tally()).gap) == (3, 4)


async def test_a_loss_is_open_until_somebody_answers_for_exactly_what_they_saw(bench: Bench) -> None:
    assert await losses_of(bench.store) == []
    await bench.handler.settle([bench.heard("e1", offset=0)])
    bench.start = 5
    await bench.handler.settle([bench.heard("e2", offset=5, complaint_id="cmp_2")])
    (loss,) = await losses_of(bench.store)
    assert (loss.topic, loss.partition, loss.records, loss.open, loss.written_off_at) == (TOPIC.name, 0, 4, 4, None)
    for records in (3, 5):
        with pytest.raises(ValueError, match="4 records are open"):
            await write_off(bench.store, loss.loss, records, "gone", "anna")
    with pytest.raises(KeyError):
        await write_off(bench.store, "elsewhere/0", 4, "gone", "anna")
    done = await write_off(bench.store, loss.loss, 4, "gone", "anna")
    assert (done.records, done.open, done.written_off_by, done.written_off_for) == (4, 0, "anna", "gone")
    with pytest.raises(ValueError, match="0 records are open"):
        await write_off(bench.store, loss.loss, 4, "gone", "anna")
    bench.start = 8
    await bench.handler.settle([bench.heard("e3", offset=8, complaint_id="cmp_3")])
    (more,) = await losses_of(bench.store)
    assert (more.records, more.open) == (6, 2)


async def test_while_kafka_is_down_the_batch_fails_but_stays_in_the_outbox_and_the_sweeper_says_it_later(bench: Bench) -> None:
    bench.publisher.down = True
    record = bench.heard("e1")
    with pytest.raises(NotAnnounced):
        await bench.handler.settle([record])
    assert (await bench.store.pending())[0] == 1
    bench.publisher.down = False
    await bench.handler.settle([record])
    assert bench.publisher.said("ComplaintTriaged") == []
    await Sweeper("triage", bench.store, bench.announcer, (Count,)).sweep(machine_ms() + 1)
    assert len(bench.publisher.said("ComplaintTriaged")) == 1


async def test_a_door_answers_while_kafka_is_down(bench: Bench) -> None:
    doors = Doors(bench.processor)
    task = asyncio.create_task(doors.run())
    bench.publisher.down = True
    outcome = await asyncio.wait_for(doors.do(Add(amount=2), "cmp_9", by="test", request="r1"), 2)
    assert outcome.kind == "added"
    again = await doors.do(Add(amount=2), "cmp_9", by="test", request="r1")
    assert (again.kind, (await bench.count("cmp_9")).heard) == ("added", 2)
    task.cancel()


async def test_a_refused_command_says_why(bench: Bench) -> None:
    doors = Doors(bench.processor)
    task = asyncio.create_task(doors.run())
    with pytest.raises(Declined) as refused:
        await doors.do(Add(amount=-1), "cmp_9", by="test", request="r1")
    assert refused.value.answer.reason == "negative"
    task.cancel()


async def test_many_commands_on_one_aggregate_at_once_are_all_counted(bench: Bench) -> None:
    doors = Doors(bench.processor)
    others = Doors(bench.processor)
    tasks = [asyncio.create_task(doors.run()), asyncio.create_task(others.run())]
    await asyncio.gather(
        *(
            door.do(Add(amount=1), "cmp_9", by="test", request=f"{n}-{i}")
            for i in range(40)
            for n, door in enumerate((doors, others))
        )
    )
    assert (await bench.count("cmp_9")).heard == 80
    for task in tasks:
        task.cancel()


async def test_a_timer_fires_once_when_its_business_instant_has_come(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    timers = Timers(bench.processor)
    await timers.fire_due()
    assert (await bench.count()).rung == 0
    bench.clock.move_to(NOW + 1000)
    await timers.fire_due()
    await timers.fire_due()
    assert (await bench.count()).rung == 1
    assert len(bench.publisher.said("AlertRaised")) == 1


async def test_history_is_chained_by_hash(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1"), bench.heard("e2")])
    entries = [d.state for d in await bench.store.find(HistoryEntry, Sought({"agg": "cmp_1"}))]
    by_hash = {e.hash: e for e in entries}
    head = (await bench.store.load_many(Count, ["cmp_1"]))["cmp_1"].head
    assert by_hash[by_hash[head].prev].prev == ""
    assert by_hash[head].policy == "policy-1"


async def performed(bench: Bench, performer: Any) -> tuple[str, str]:
    worker = EffectWorker(bench.processor, {"mail": performer}, bench.announcer.wake_effects)
    for _ in range(3):
        await worker.work()
    (effect,) = await bench.store.find(EffectRecord, Sought())
    return effect.state.state, (await bench.count()).letter


async def test_an_effect_is_done_once_and_its_aggregate_hears_of_it(bench: Bench) -> None:
    sent: list[str] = []

    async def post(key: str, record: EffectRecord) -> Done:
        sent.append(record.body["to"])
        return Done()

    await bench.handler.settle([bench.heard("e1"), bench.heard("e2")])
    assert await performed(bench, post) == ("sent", "sent")
    assert sent == ["v1.cus_1..skael elttek ehT"]


@pytest.mark.parametrize(
    ("error", "states"),
    [
        (NotHandedOver(), ("planned", "")),
        (Impossible("no_route"), ("failed", "failed")),
        (ConnectionResetError(), ("unknown", "unknown")),
    ],
)
async def test_an_effect_that_fails_is_never_blindly_repeated(bench: Bench, error: Exception, states: tuple[str, str]) -> None:
    async def post(key: str, record: EffectRecord) -> Done:
        raise error

    await bench.handler.settle([bench.heard("e1")])
    assert await performed(bench, post) == states


async def test_while_what_all_letters_need_is_away_one_is_tried_at_a_time_and_afterwards_all_go_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(effects, "LONGEST_PAUSE", 0.2)
    tried: list[str] = []
    away = True

    async def post(key: str, record: EffectRecord) -> Done:
        tried.append(key)
        if away:
            raise NotYet
        return Done()

    await bench.handler.settle([bench.heard(f"e{n}", complaint_id=f"cmp_{n}") for n in range(5)])
    worker = EffectWorker(bench.processor, {"mail": post}, bench.announcer.wake_effects)
    pauses = []
    for turn in range(1, 5):
        await worker.work()
        pauses.append(worker.pause)
        assert len(tried) == turn
    assert pauses == [0.05, 0.1, 0.2, 0.2]
    letters = [document.state for document in await bench.store.find(EffectRecord, Sought())]
    assert {(letter.state, letter.attempts) for letter in letters} == {("planned", 0)}
    away = False
    await asyncio.sleep(0.25)
    await worker.work()
    await worker.work()
    letters = [document.state for document in await bench.store.find(EffectRecord, Sought())]
    assert [(letter.state, letter.attempts) for letter in letters] == [("sent", 1)] * 5
    assert worker.pause == 0


async def test_an_effect_whose_sender_died_waits_for_a_person(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    (effect,) = await bench.store.find(EffectRecord, Sought())
    effect.state = effect.state.model_copy(update={"state": "sending", "retry_at": machine_ms() - 1})
    await bench.store.save([effect])

    async def post(key: str, record: EffectRecord) -> Done:
        raise AssertionError("must not be sent again")

    assert await performed(bench, post) == ("unknown", "unknown")
    await resolve_unknown(bench.store, effect.id, "mark-sent", "ann")
    assert await performed(bench, post) == ("sent", "sent")


async def test_an_erased_customer_is_blanked_and_does_not_come_back(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    erased = CustomerErased(customer_id="cus_1", erased_at=NOW, erased_by="ann")
    record = bench.record(*wire(erased, "e2"), offset=0, topic=topics.CUSTOMERS.name)
    await bench.handler_of(topics.CUSTOMERS).settle([record])
    assert (await bench.count()).text == ""
    await bench.handler.settle([bench.heard("e3", complaint_id="cmp_2", addressee=an_addressee())])
    assert (await bench.count("cmp_2")).text == ""


def test_too_many_failing_records_stop_the_consumer() -> None:
    limit = ParkingLimit()
    limit.note(1000, 20)
    assert not limit.stopped
    limit.note(1000, 1)
    assert limit.stopped


def test_an_event_without_headers_or_of_an_unknown_type_is_unprocessable() -> None:
    decoder = Decoder(a_toy(), lambda topic: "run")
    for headers in ([], [("ce_id", b"1"), ("ce_type", b"redress.Unheard.v9")]):
        with pytest.raises(Unprocessable):
            decoder.items_of(TOPIC, Record(TOPIC.name, 0, 0, None, b"{}", headers))
