"""The four services wired as they run, and not started."""

from pathlib import Path

from deploy.ground import clock_of, connection_of, secrets_for
from deploy.local import BUILDS
from shared.contracts.topics import SERVICES
from shared.platform.application import Built, Surroundings
from shared.platform.http.keys import ApiKeys
from shared.platform.settings import load_settings

NOWHERE = "kafka.invalid:9092"


def wired(home: Path, embedded: bool = False) -> dict[str, Built]:
    """Every service by name; `embedded`: with the settings for the broker inside the process."""
    settings = load_settings(None, home=home)
    around = Surroundings(
        settings=settings,
        connection=connection_of(settings, NOWHERE, embedded),
        clock=clock_of(settings),
        keys=ApiKeys(),
        secrets=secrets_for(settings, *SERVICES),
        urls={name: f"http://{name}.invalid" for name in SERVICES},
    )
    built: dict[str, Built] = {}
    for name, build in BUILDS.items():
        built[name] = build(around)
        around.vault = built["intake"].runtime.parts.vault
    return built
