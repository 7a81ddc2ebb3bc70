"""The same sample leads to the same lives in one process and in many, on any store and driver, however often it is said."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.demo.api import Api
from deploy.local import house
from shared.contracts.topics import SERVICES
from shared.platform.settings import load_settings
from tests.integration.lives import MONDAY, Doubling, Life, Replicas, differences, lived
from tests.servers.house import Separate

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600), pytest.mark.asyncio(loop_scope="module")]
COUNT, SEED = 16, 7
SIMULATED = {"REDRESS_CLOCK": "simulated", "REDRESS_SIMULATED_START": MONDAY, "REDRESS_KAFKA_BATCH_TIMEOUT_MS": "20"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Life]]:
    """What becomes of the sample in one process, on the embedded broker and SQLite."""
    stand_in = Separate(tmp_path_factory.mktemp("embedded"), "", "")
    stand_in.identity_of_seed(SEED)
    ports = {f"{name}_port": 0 for name in SERVICES}
    settings = load_settings(None, home=stand_in.home, clock="simulated", simulated_start=MONDAY, kafka=None, store=None, **ports)
    async with house(settings) as made:
        while await made.troubles():
            await asyncio.sleep(0.05)
        api = Api.of(made)
        try:
            yield await lived(api, settings.mail_path, COUNT, SEED)
        finally:
            await api.close()


async def on_servers(scratch: Path, kafka: str, mongo: str, way: type[Replicas], replicas: int, driver: str) -> dict[str, Life]:
    """What becomes of it in separate processes."""
    made = Separate(scratch, kafka, mongo, replicas, REDRESS_STORE_DRIVER=driver, **SIMULATED)
    made.identity_of_seed(SEED)
    async with made:
        api = way.of_all(made)
        try:
            return await lived(api, made.letters, COUNT, SEED)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}; {made.logs()}") from error
        finally:
            await api.close()


def heard_once(lives: dict[str, Life]) -> dict[str, Life]:
    """Less intake's own record of how often it was told."""
    return {name: {key: part for key, part in life.items() if key != "intake"} for name, life in lives.items()}


async def test_four_processes_on_kafka_and_motor_lead_to_the_same_lives(
    tmp_path: Path, kafka: str, mongo: str, embedded: dict[str, Life]
) -> None:
    assert differences(embedded, await on_servers(tmp_path, kafka, mongo, Replicas, 1, "motor")) == []


async def test_replicas_on_pymongo_that_hear_everything_twice_and_shuffled_lead_to_the_same_lives(
    tmp_path: Path, kafka: str, mongo: str, embedded: dict[str, Life]
) -> None:
    told = await on_servers(tmp_path, kafka, mongo, Doubling, 2, "pymongo")
    assert differences(heard_once(embedded), heard_once(told)) == []
