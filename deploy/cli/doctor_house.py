"""What the doctor sees of the installation: who runs, who is ready, and whether Kafka answers."""

import asyncio
import json

import httpx2

from deploy.cli import reach
from deploy.cli.reach import House
from deploy.cli.shapes_setup import Finding
from deploy.cli.troubles import Trouble
from deploy.cli.words import say
from deploy.ground import connection_of
from shared.contracts import topics
from shared.contracts.topics import SERVICES
from shared.platform.bus.asker import Asker
from shared.platform.patience import within
from shared.platform.settings import Settings

SECONDS = 5.0


async def house_findings(settings: Settings, house: House) -> list[Finding]:
    """Who runs, each service's own word, and Kafka where one is set."""
    found = [_running(house)]
    async with httpx2.AsyncClient(transport=reach.TRANSPORT, timeout=SECONDS, trust_env=False) as client:
        found += await asyncio.gather(*(_ready(client, name, house.urls[name]) for name in SERVICES if name in house.urls))
    found += await _losses(house)
    if settings.kafka:
        found.append(await _kafka(settings, settings.kafka))
    return found


def _running(house: House) -> Finding:
    if house.pid:
        return Finding(check="running", state="ok", found=say("doctor.running.lives", pid=house.pid), remedy="")
    if (house.home / "running.json").exists():
        return Finding(check="running", state="ok", found=say("doctor.running.dead"), remedy="")
    return Finding(check="running", state="ok", found=say("doctor.running.none", home=house.home), remedy="")


async def _ready(client: httpx2.AsyncClient, service: str, url: str) -> Finding:
    try:
        answer = await client.get(f"{url}/readyz")
        said = answer.json()
    except (httpx2.HTTPError, json.JSONDecodeError) as error:
        found = say("trouble.unreachable", service=service, url=url, reason=type(error).__name__)
        return Finding(check=service, state="bad", found=found, remedy=say("doctor.ready.remedy"))
    if answer.is_success:
        return Finding(check=service, state="ok", found=say("doctor.ready.yes", url=url), remedy="")
    reasons = "; ".join(str(reason) for reason in said.get("reasons", ()))
    return Finding(check=service, state="bad", found=reasons or str(answer.status_code), remedy=say("doctor.ready.remedy"))


async def _losses(house: House) -> list[Finding]:
    """Whether every arrival is accounted for; nothing where intake cannot be asked, which is told already."""
    async with reach.Asker(house) as asker:
        try:
            came = await asker.get("intake", "/internal/v1/arrivals")
        except Trouble:
            return []
    lost = max(came["gap"], came["unaccounted"] or 0)
    if lost:
        found = say("doctor.losses.found", number=lost)
        return [Finding(check="losses", state="bad", found=found, remedy=say("doctor.losses.remedy"))]
    return [Finding(check="losses", state="ok", found=say("doctor.losses.none"), remedy="")]


async def _kafka(settings: Settings, servers: str) -> Finding:
    asker = Asker(connection_of(settings, servers, embedded=False))
    try:
        missing = [topic.name for topic in topics.ALL if not await within(SECONDS, asker.ends(topic.name))]
    except Exception as error:  # whatever the client raises: it does not answer
        found = say("trouble.kafka", servers=servers, reason=type(error).__name__)
        return Finding(check="kafka", state="bad", found=found, remedy=say("remedy.kafka"))
    finally:
        await asker.close()
    if missing:
        remedy = say("doctor.kafka.remedy")
        return Finding(check="kafka", state="bad", found=say("doctor.kafka.missing", names=", ".join(missing)), remedy=remedy)
    return Finding(check="kafka", state="ok", found=say("doctor.kafka.found", servers=servers), remedy="")
