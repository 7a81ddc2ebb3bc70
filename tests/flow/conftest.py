"""Houses that run: one on simulated time that many stories share, and as many of one's own as a story needs."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.flow.people import World, running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A house for a whole module: each story brings its own customers, and time only moves forward."""
    async with running(tmp_path_factory.mktemp("home")) as made:
        yield made
