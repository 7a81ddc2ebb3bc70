"""Which way complaints go: over HTTP to intake, or over Kafka."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

from deploy.cli import reach
from deploy.cli.reach import Asker, House
from deploy.cli.sending_kafka import Drained
from deploy.cli.troubles import UNREACHABLE, USAGE, Trouble, trouble
from deploy.ground import connection_of
from shared.platform.bus.connection import Connection
from shared.platform.settings import Settings

HTTP, KAFKA = "http", "kafka"
READ_SECONDS = 60.0


@dataclass(frozen=True)
class Way:
    """Where complaints are sent."""

    transport: str
    to: str
    """Address of intake, or host:port of the broker."""
    is_ours: bool = field(default=True)
    """True where the house's own key may be shown."""

    def client(self, asker: Asker) -> httpx2.AsyncClient:
        """A client with the house's key, or, for a stranger's address, without it."""
        if self.is_ours:
            return asker.client
        return httpx2.AsyncClient(transport=reach.TRANSPORT, headers=_given_key(asker.house), timeout=asker.client.timeout)

    def connection(self, settings: Settings, house: House) -> Connection:
        """How the broker is reached."""
        return connection_of(settings, self.to, house.embedded)


def _given_key(house: House) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.given_key}"} if house.given_key else {}


def way_of(house: House, http: str | None, has_letters: bool = False) -> Way:
    """The way that was asked for; letters go over HTTP, where intake reads them. A `Trouble` where there is none."""
    if http is None and not has_letters:
        if house.kafka is None:
            raise trouble("no_kafka", code=UNREACHABLE)
        return Way(KAFKA, house.kafka)
    own = house.urls.get("intake")
    if http in (None, "auto"):
        if own is None:
            raise trouble("no_house", code=UNREACHABLE, names="intake", home=house.home)
        return Way(HTTP, own)
    url = str(http).rstrip("/").removesuffix("/v1/complaints")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise trouble("wrong_option", "one_of", USAGE, name="--http", value=http, names="auto, http://HOST:PORT")
    return Way(HTTP, url, is_ours=url == own)


def drained_of(asker: Asker) -> Drained:
    """Waits until intake has read all that lies in an embedded broker."""

    async def drained() -> bool:
        deadline = time.monotonic() + READ_SECONDS
        while time.monotonic() < deadline:
            try:
                arrivals = await asker.get("intake", "/internal/v1/arrivals")
            except Trouble as error:
                if error.code != UNREACHABLE:
                    raise
                return False
            if arrivals["in_flight"] == 0:
                return True
            await asyncio.sleep(0.05)
        return False

    return drained
