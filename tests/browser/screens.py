"""Every screen that a customer can come to, in both languages, reached as a customer reaches it."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.browser.visitors import Visitor
from tests.flow.people import DAY, World
from tests.flow.stories import LATE, LEAK, a_complaint

TEXTS = {"ru": LEAK, "en": LATE}
THANKS = {"ru": "Спасибо за быструю доставку!", "en": "Thank you for the quick delivery!"}
"""Not a complaint at all."""
Way = Callable[[World, Visitor, str], Awaitable[None]]


async def complain(world: World, language: str, text: str = "", **said: Any) -> tuple[str, str]:
    """A complaint and all that follows at once; gives its id and its tracking link."""
    taken = await world.complain(a_complaint(text or TEXTS[language], **said))
    await world.quiet()
    return str(taken["complaint_id"]), str(taken["tracking_url"])


async def a_survey(world: World, language: str) -> tuple[str, str]:
    """A complaint that was answered; gives its id and the address of its survey."""
    name, _ = await complain(world, language)
    await world.resolve(name)
    return name, survey_url(world, name)


def survey_url(world: World, name: str, round_: int = 1) -> str:
    """The address in the letter of a round."""
    return world.house.around.urls["followup"] + world.survey_of(name, round_)


async def _survey(world: World, visitor: Visitor, language: str) -> None:
    _, url = await a_survey(world, language)
    await visitor.goes(url)


async def _not_whole(world: World, visitor: Visitor, language: str) -> None:
    await _survey(world, visitor, language)
    await visitor.forgets_to_answer()


async def _solved(world: World, visitor: Visitor, language: str) -> None:
    await _survey(world, visitor, language)
    await visitor.answers(5, "yes")


async def _not_solved(world: World, visitor: Visitor, language: str) -> None:
    await _survey(world, visitor, language)
    await visitor.answers(1, "no")


async def _used(world: World, visitor: Visitor, language: str) -> None:
    name, url = await a_survey(world, language)
    await world.answer(world.survey_of(name), score=4, solved=True)
    await visitor.goes(url)


async def _expired(world: World, visitor: Visitor, language: str) -> None:
    _, url = await a_survey(world, language)
    await world.later(16 * DAY)
    await visitor.goes(url)


async def _survey_unknown(world: World, visitor: Visitor, _: str) -> None:
    await visitor.goes(world.house.around.urls["followup"] + "/s/c_01m8a1qpy9.1.0123456789abcdef")


async def _survey_erased(world: World, visitor: Visitor, language: str) -> None:
    name, url = await a_survey(world, language)
    await erase(world, name)
    await visitor.goes(url)


async def _registered(world: World, visitor: Visitor, language: str) -> None:
    _, url = await complain(world, language)
    await visitor.goes(url)


async def _rejected(world: World, visitor: Visitor, language: str) -> None:
    _, url = await complain(world, language, THANKS[language])
    await visitor.goes(url)


async def _erased(world: World, visitor: Visitor, language: str) -> None:
    name, url = await complain(world, language)
    await erase(world, name)
    await visitor.goes(url)


async def _unknown(world: World, visitor: Visitor, _: str) -> None:
    await visitor.goes(world.house.around.urls["intake"] + "/v1/complaints/c_01m8a1qpy9.0123456789abcdef")


async def erase(world: World, name: str) -> None:
    """The customer of a complaint is forgotten."""
    erased = await world.post("intake", "/internal/v1/erasures", {"complaint_id": name})
    assert erased.status_code == 200, erased.text
    await world.quiet()


WAYS: dict[str, Way] = {
    "survey": _survey,
    "survey that is not whole": _not_whole,
    "thanks": _solved,
    "thanks, and sorry": _not_solved,
    "survey that was answered": _used,
    "survey of an unknown link": _survey_unknown,
    "survey of an erased customer": _survey_erased,
    "tracking": _registered,
    "tracking of what is no complaint": _rejected,
    "tracking of an erased customer": _erased,
    "tracking of an unknown link": _unknown,
    "survey that is over": _expired,
}
"""How each screen is reached; the last one takes days."""
