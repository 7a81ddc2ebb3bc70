"""Real servers for the tests of this tier, fresh for each; where one cannot be had, one line says what is missing."""

from collections.abc import Iterator

import pytest

from tests.servers.found import NoServer, a_kafka, a_mongo


@pytest.fixture
def kafka() -> Iterator[str]:
    """The bootstrap servers of a Kafka without anything of ours in it."""
    try:
        with a_kafka() as servers:
            yield servers
    except NoServer as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The bootstrap servers of one Kafka for all tests of a module, each with topics of its own."""
    try:
        with a_kafka() as servers:
            yield servers
    except NoServer as missing:
        pytest.skip(str(missing))


@pytest.fixture
def mongo() -> Iterator[str]:
    """The address of a server that speaks MongoDB's protocol, without anything of ours in it."""
    try:
        with a_mongo() as uri:
            yield uri
    except NoServer as missing:
        pytest.skip(str(missing))
