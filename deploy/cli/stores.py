"""Prepare the stores of all four services as their settings name them."""

from deploy.ground import connection_of
from deploy.local import BUILDS
from shared.platform.application import Surroundings
from shared.platform.clock import SystemClock
from shared.platform.crypto import KEY_BYTES
from shared.platform.http.keys import ApiKeys
from shared.platform.secrets import NAMES, Secrets
from shared.platform.settings import Settings
from shared.platform.store import StoreDown

NOWHERE = "http://127.0.0.1"


async def prepare_schemas(settings: Settings) -> dict[str, list[str]]:
    """What was created for each service; raises `StoreDown` with the service's name.

    Services are wired, not started: the secrets they get are blanks, and nothing is sealed or read with them.
    """
    around = Surroundings(
        settings=settings,
        connection=connection_of(settings, settings.kafka or "127.0.0.1:9", embedded=False),
        clock=SystemClock(),
        keys=ApiKeys(),
        secrets=Secrets({name: (bytes(KEY_BYTES),) for name in NAMES}),
        urls=dict.fromkeys(BUILDS, NOWHERE),
    )
    created: dict[str, list[str]] = {}
    for name, build in BUILDS.items():  # intake first: it brings the vault
        runtime = build(around).runtime
        around.vault = around.vault or runtime.parts.vault
        try:
            await runtime.store.open()
            created[name] = await runtime.store.prepare_schema()
        except StoreDown:
            raise StoreDown(name) from None
        finally:
            await runtime.store.close()
    return created
