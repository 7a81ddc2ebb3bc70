"""One laid-out image and one running house serve all tests of a worker."""

from collections.abc import Iterator

import pytest

from shared.contracts.topics import SERVICES
from tests.deployment.house import House, house_of, laid_image
from tests.deployment.image import Image
from tests.deployment.tools import program


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """The image, laid out."""
    program("setpriv")
    with laid_image() as made:
        yield made


@pytest.fixture(scope="module")
def house(image: Image) -> Iterator[House]:
    """Four services that are ready."""
    with house_of(image) as made:
        for service in SERVICES:
            made.start(service)
        made.until_ready()
        yield made
