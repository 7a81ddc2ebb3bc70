"""A store of each kind, for the tests that must hold for all of them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.platform.store import Store
from tests.component.any_store import STORES, Home
from tests.servers.secantus import Secantus


@pytest.fixture(scope="session")
def server() -> Iterator[Secantus]:
    with Secantus() as running:
        yield running


@pytest.fixture(params=STORES)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    uri = "" if request.param == "sqlite" else request.getfixturevalue("server").uri
    made = Home(request.param, tmp_path, uri)
    yield made
    await made.close()


@pytest.fixture
async def store(home: Home) -> Store:
    return await home.open()
