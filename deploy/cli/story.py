"""`redress story`: everything that happened to one complaint, gathered from all services."""

from typing import Annotated, Any

import typer

from deploy.cli.finding import of_each
from deploy.cli.gathering import story_from
from deploy.cli.reach import Asker, asking, path
from deploy.cli.screen import Json, complain, show
from deploy.cli.shapes_story import Story
from deploy.cli.tale import tell
from deploy.cli.troubles import UNREACHABLE, NotThere, trouble
from deploy.cli.words import say
from shared.contracts.topics import SERVICES


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("story", help=say("help.story"))(story)


def story(
    complaint: Annotated[str, typer.Argument(metavar="ID", help=say("help.story.id"))],
    as_json: Json = False,
) -> None:
    """Tell the story of one complaint."""
    found = asking(lambda asker: gathered(asker, complaint))
    show(found, as_json, lambda screen: tell(screen, found))
    if found.unreachable:
        complain(trouble("unreachable_many", names=", ".join(found.unreachable)))
        raise typer.Exit(UNREACHABLE)


async def gathered(asker: Asker, given: str) -> Story:
    """The story of a complaint id or of `source:source_id`."""
    complaint_id = await resolved(asker, given)
    answers, away = await of_each(asker, SERVICES, f"/internal/v1/story{path(complaint_id)}")
    known: list[dict[str, Any]] = [answer for answer in answers.values() if answer["documents"] or answer["history"]]
    if not known:
        if away:
            raise trouble("unreachable_many", code=UNREACHABLE, names=", ".join(away))
        raise trouble("not_found", "story", what=given)
    return story_from(complaint_id, known, away)


async def resolved(asker: Asker, given: str) -> str:
    """The complaint id; intake knows which one a sender's own id became."""
    source, colon, source_id = given.partition(":")
    if not colon:
        return given
    try:
        found = await asker.get("intake", "/internal/v1/resolve", source=source, source_id=source_id)
    except NotThere:
        raise trouble("not_found", "story", what=given) from None
    return str(found["complaint_id"])
