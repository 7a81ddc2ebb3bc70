"""The OpenAPI document of each service, asked of the very apps that serve it; nothing is connected or written."""

from pathlib import Path
from typing import Any

from deploy.local import BUILDS
from shared.platform.application import Surroundings
from shared.platform.bus.connection import Connection
from shared.platform.clock import SimulatedClock
from shared.platform.http.keys import ApiKeys
from shared.platform.secrets import NAMES, Secrets
from shared.platform.settings import Settings


def openapi_documents(home: Path) -> dict[str, dict[str, Any]]:
    """Service to document; `home` is a directory that the services may take for theirs."""
    around = Surroundings(
        settings=Settings.model_construct(home=home),  # defaults only: the environment is no part of a contract
        connection=Connection("kafka:9092", "contracts"),
        clock=SimulatedClock(0),
        keys=ApiKeys(),
        secrets=Secrets({name: (bytes(32),) for name in NAMES}),
        urls=dict.fromkeys(BUILDS, ""),
    )
    documents = {}
    for name, build in BUILDS.items():  # intake first: it brings the vault
        built = build(around)
        around.vault = around.vault or built.runtime.parts.vault
        documents[name] = built.app.openapi()
    return documents
