"""What the tests of contracts share: everything that is generated, made once."""

import json
from typing import Any

import pytest

from deploy.contracts import gate


@pytest.fixture(scope="session")
def made() -> dict[str, str]:
    """Path to text of every generated document."""
    return gate.documents()


@pytest.fixture(scope="session")
def parsed(made: dict[str, str]) -> dict[str, Any]:
    """Path to content of every generated document."""
    return {path: json.loads(text) for path, text in made.items()}
