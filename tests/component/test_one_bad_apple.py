"""One message, effect or partition that cannot be dealt with must not hold what stands beside or behind it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.errors import Unprocessable
from shared.contracts.events import ComplaintRegistered, CustomerErased
from shared.contracts.sealed import Sealed
from shared.platform.clock import machine_ms
from shared.platform.decision import Decision, Settled
from shared.platform.document import Document, Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.parked import Parked, park
from shared.platform.processor.announce import NotAnnounced
from shared.platform.processor.decide import ONCE
from shared.platform.processor.doors import Doors
from shared.platform.processor.effects import Done, EffectWorker
from shared.platform.processor.item import Item
from shared.platform.processor.sweep import PAGE, Sweeper
from shared.platform.replay import Replayer
from tests.builders import NOW
from tests.component.test_processor import Bench, bench_of
from tests.toys import Add, Count, a_toy, wire


@pytest.fixture
async def bench(tmp_path: Path) -> Any:
    async with bench_of(tmp_path, a_toy()) as made:
        yield made


async def test_a_message_that_cannot_be_prepared_is_parked_alone(bench: Bench) -> None:
    async def prepare(items: Sequence[Item]) -> None:
        if any(item.message.masked_text == "poison" for item in items):
            raise Unprocessable("invalid")

    bench.processor.prepare = prepare
    await bench.handler.settle(
        [bench.heard("e1"), bench.heard("e2", masked_text="poison"), bench.heard("e3", complaint_id="cmp_3")]
    )
    assert (await bench.count("cmp_3")).heard == (await bench.count("cmp_1")).heard == 1
    (parked,) = await bench.store.find(Parked, Sought())
    assert parked.state.reason == "invalid"
    assert (await bench.tally()).next_offset == 3


async def test_a_stuck_partition_does_not_starve_what_lies_behind_it(bench: Bench) -> None:
    stuck = [f"stuck_{i:03d}" for i in range(PAGE + 1)]
    fine = "zzz"
    publish = bench.publisher.publish

    async def half(entries: Any) -> Any:
        return [None if e["key"].startswith("stuck") else (await publish([e]))[0] for e in entries]

    bench.publisher.publish = half  # type: ignore[method-assign]
    for name in (*stuck, fine):
        with pytest.raises(NotAnnounced) if name != fine else pytest.MonkeyPatch.context():
            await bench.handler.settle([bench.heard(f"e-{name}", complaint_id=name)])
    (document,) = (await bench.store.load_many(Count, [fine])).values()
    document.out = [{**e, "id": "again"} for e in (await bench.store.load_many(Count, [stuck[0]]))[stuck[0]].out[:1]]
    document.out[0]["key"] = fine
    await bench.store.save([document])
    sweeper = Sweeper("triage", bench.store, bench.announcer, (Count,))
    for _ in range(3):
        with pytest.raises(NotAnnounced):
            await sweeper.sweep(machine_ms() + 1)
    assert [e["id"] for e in bench.publisher.entries if e["key"] == fine][-1] == "again"


async def test_an_effect_whose_rule_fails_is_told_again_once_the_rule_is_mended(bench: Bench) -> None:
    def broken(settled: Settled, kept: Count, given: Any) -> Decision[Count]:
        raise ValueError("a bug")

    async def post(key: str, record: EffectRecord) -> Done:
        return Done()

    hearing = bench.service.settlers[Count]
    bench.service.settlers[Count] = type(hearing)(hearing.message, hearing.keeps, hearing.about, broken)
    await bench.handler.settle([bench.heard("e1")])
    worker = EffectWorker(bench.processor, {"mail": post}, asyncio.Event())
    await worker.work()
    assert (await bench.count()).letter == ""
    bench.service.settlers[Count] = hearing
    worker._deaf_again = 0
    await worker.work()
    assert (await bench.count()).letter == "sent"


async def test_an_effect_of_a_kind_that_nobody_here_knows_stays_planned(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    await EffectWorker(bench.processor, {}, asyncio.Event()).work()
    (effect,) = await bench.store.find(EffectRecord, Sought())
    assert effect.state.state == "planned"


async def test_a_replayed_erasure_erases(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    value, headers = wire(CustomerErased(customer_id="cus_1", erased_at=NOW, erased_by="ann"), "e2")
    record = bench.record(value, headers, offset=0, topic="customers.v1")
    arrival = record.arrival("run")
    parked = park(record, Unprocessable("rule_failed"), bench.cipher, machine_ms())
    await bench.store.insert_many([Document(arrival, parked)])
    replayer = Replayer(bench.processor, bench.decoder, bench.cipher, bench.forget)
    assert (await replayer.replay(arrival, "ann")).outcome == "done"
    assert (await bench.count()).text == ""


async def test_requests_without_a_key_leave_no_trace_in_the_document(bench: Bench) -> None:
    doors = Doors(bench.processor)
    task = asyncio.create_task(doors.run())
    for i in range(40):
        await doors.do(Add(amount=1), "cmp_9", by="test", request=f"{ONCE}{i}")
    (document,) = (await bench.store.load_many(Count, ["cmp_9"])).values()
    assert len(document.seen) <= 1
    assert document.settled == {}
    task.cancel()


async def test_an_event_that_holds_an_unsealed_text_is_parked_alone(bench: Bench) -> None:
    def careless(complaint: Any, kept: Count | None, given: Any) -> Decision[Count]:
        if complaint.masked_text == "careless":
            secret = Sealed("cus_1", plain="nobody sealed me")
            return Decision(keep=Count(secret=secret), say=[])
        return Decision(keep=Count(heard=1))

    (hearing,) = bench.service.hearings[ComplaintRegistered]
    bench.service.hearings[ComplaintRegistered] = [type(hearing)(hearing.message, Count, hearing.about, careless)]
    await bench.handler.settle([bench.heard("e1"), bench.heard("e2", complaint_id="cmp_2", masked_text="careless")])
    assert (await bench.count()).heard == 1
    (parked,) = await bench.store.find(Parked, Sought())
    assert "nobody sealed me" not in parked.state.model_dump_json()
