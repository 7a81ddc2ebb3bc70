"""Row 33: a second deployment on the same Kafka, with a store of its own, takes nothing from the first and writes to nobody."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from tests.faults.ledger import check_letters, checked_over_http
from tests.faults.ledger_servers import check_databases, check_topics, read_topics
from tests.faults.traffic import Traffic
from tests.flow.people import until
from tests.servers.groups import to_earliest
from tests.servers.house import Replica, Separate
from tests.servers.kafka import Kafka
from tests.servers.secantus import Secantus

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
RATE = 3.0


def publish(house: Separate, traffic: Traffic) -> None:
    """Some complaints by the upstream topic, so that intake's group has read something too."""
    names = [f"upstream-{number}" for number in range(30)]
    lines = [json.dumps({"channel": "web", "source_id": name, "text": f"The kettle leaks ({name})"}) for name in names]
    file = house.scratch / "upstream.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    done = house.redress("publish", str(file))
    assert done.returncode == 0, done.stderr
    for name in names:
        traffic.book.sent[name].add("topic")


async def told(replica: Replica, words: str) -> None:
    """Wait until a service that is not ready says so with these words."""

    async def says_so() -> bool:
        async with httpx2.AsyncClient(timeout=5) as client:
            try:
                answer = await client.get(f"{replica.url}/readyz")
            except httpx2.TransportError:
                return False
        return answer.status_code == 503 and any(words in str(reason) for reason in answer.json()["reasons"])

    await until(says_so, f"{replica.service} does not say: {words}")


async def test_a_second_deployment_with_another_store_says_why_it_does_not_read_and_the_first_loses_nothing(
    tmp_path: Path,
) -> None:
    with Kafka() as kafka, Secantus() as mongo:
        async with Separate(tmp_path / "first", kafka.servers, f"mongodb://127.0.0.1:{mongo.port}") as first:
            traffic = Traffic(first, seed=33, rate=RATE)
            second = Separate(tmp_path / "second", kafka.servers, f"sqlite:///{tmp_path / 'second'}")
            async with traffic.flowing():
                await asyncio.to_thread(publish, first, traffic)
                await asyncio.sleep(8)
                await asyncio.to_thread(second.prepare)
                second.launch()
                try:
                    for replica in second.replicas:
                        await told(replica, "another deployment reads with this group")
                    await asyncio.sleep(5)
                finally:
                    second.stop()
            await traffic.drain()
            counts = await asyncio.to_thread(first.told, "counts", "--wait", "120", seconds=150)
            assert counts["quiet"], counts["open"]
            found = checked_over_http(first, traffic.book, 0)
            check_topics(found, read_topics(kafka.servers), check_databases(found, first.store))
            first.stop()
            check_letters(found, first)
        print(f"\nrow 33: {found.told()}")
        assert found.wrong == []
        assert not list(second.letters.glob("**/*.eml"))


async def test_a_service_whose_store_was_lost_reads_again_once_its_groups_are_set_back(tmp_path: Path) -> None:
    with Kafka() as kafka:
        house = Separate(tmp_path, kafka.servers, f"sqlite:///{tmp_path / 'stores'}")
        async with house, httpx2.AsyncClient(headers=house.headers) as client:
            body = {"channel": "web", "source_id": "lost-1", "text": "The kettle leaks", "customer": {"email": "a@example.org"}}
            assert (await client.post(house.url("intake", "/v1/complaints"), json=body)).status_code == 202
            assert (await asyncio.to_thread(house.told, "counts", "--wait", "60"))["quiet"]
            triage = house.of("triage")
            triage.process.end()
            for file in (tmp_path / "stores").glob("triage.sqlite*"):
                file.unlink()
            house.launch(triage)
            await told(triage, "the store is older")
            triage.process.end()
            await asyncio.to_thread(to_earliest, kafka.servers, "triage")
            house.launch(triage)
            await house.ready()
            assert (await asyncio.to_thread(house.told, "counts", "--wait", "60"))["quiet"]
