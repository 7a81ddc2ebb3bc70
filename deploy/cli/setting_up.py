"""`redress topics` and `redress db`: what must be there before services start in processes of their own."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import find_house, settings_now
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import StoreRow, Stores, TopicRow, Topics
from deploy.cli.stores import prepare_schemas
from deploy.cli.troubles import FAILED, UNREACHABLE, Trouble, trouble
from deploy.cli.words import say, term
from deploy.ground import connection_of
from deploy.local import readers
from shared.contracts import topics
from shared.platform.bus.topics_admin import BrokerRefuses, BrokerUnreachable, Standing, ensure_topics
from shared.platform.policy import PolicyError
from shared.platform.settings import Settings
from shared.platform.store import StoreDown


def register(app: typer.Typer) -> None:
    """Add both groups."""
    kafka = typer.Typer(help=say("help.topics"), no_args_is_help=True)
    kafka.callback()(lambda: None)
    kafka.command("init", help=say("help.topics.init"))(topics_init)
    stores = typer.Typer(help=say("help.db"), no_args_is_help=True)
    stores.callback()(lambda: None)
    stores.command("init", help=say("help.db.init"))(db_init)
    app.add_typer(kafka, name="topics")
    app.add_typer(stores, name="db")


def topics_init(
    replicas: Annotated[int | None, typer.Option("--replication-factor", min=1, help=say("help.topics.replicas"))] = None,
    grow: Annotated[bool, typer.Option("--grow", help=say("help.topics.grow"))] = False,
    as_json: Json = False,
) -> None:
    """Create missing topics, check the others."""
    settings = settings_now()
    if settings.kafka is None:
        found = Topics(kafka=find_house(settings).kafka, embedded=True, topics=[])
    else:
        rows = [_row(standing) for standing in asyncio.run(_ensure(settings, settings.kafka, replicas, grow))]
        found = Topics(kafka=settings.kafka, embedded=False, topics=rows)
    show(found, as_json, lambda screen: _draw_topics(screen, found))
    raise typer.Exit(FAILED if any(row.state == "differs" for row in found.topics) else 0)


async def _ensure(settings: Settings, servers: str, replicas: int | None, grow: bool) -> list[Standing]:
    heard = {topic: {f"{service}.{topic}" for service in services} for topic, services in readers().items()}
    try:
        return await ensure_topics(connection_of(settings, servers, False), topics.ALL, heard, replicas, grow)
    except BrokerUnreachable as error:
        raise trouble("kafka", code=UNREACHABLE, servers=servers, reason=str(error)) from None
    except BrokerRefuses as error:
        raise Trouble(say("trouble.kafka_says", reason=str(error))) from None


def _row(standing: Standing) -> TopicRow:
    told = [say(f"topics.{name}", **values) for name, values in standing.differences]
    return TopicRow(name=standing.name, state=standing.state, partitions=standing.partitions, differences=told)


def _draw_topics(screen: Console, found: Topics) -> None:
    if found.embedded:
        screen.print(say("topics.embedded"))
        return
    made = table(*(say(f"topics.column.{name}") for name in ("name", "partitions", "state")), right=(1,))
    for row in found.topics:
        state = Text(say(f"topics.state.{row.state}"), style="red" if row.state == "differs" else "")
        made.add_row(row.name, str(row.partitions), state)
    screen.print(made)
    for row in found.topics:
        for difference in row.differences:
            screen.print(f"{row.name}: {difference}", soft_wrap=True)


def db_init(as_json: Json = False) -> None:
    """Create collections and indexes; the one verb beside `up` and `run` that opens stores."""
    settings = settings_now()
    try:
        created = asyncio.run(prepare_schemas(settings))
    except StoreDown as error:
        raise trouble("store", code=UNREACHABLE, service=str(error) or "—") from None
    except PolicyError as error:
        raise Trouble(str(error.problems[0])) from None
    found = Stores(stores=[StoreRow(service=name, created=names) for name, names in created.items()])
    show(found, as_json, lambda screen: _draw_stores(screen, found))


def _draw_stores(screen: Console, found: Stores) -> None:
    made = table(say("counts.column.service"), say("db.column.created"))
    for row in found.stores:
        made.add_row(term(row.service), ", ".join(row.created) or say("db.complete"))
    screen.print(made)
