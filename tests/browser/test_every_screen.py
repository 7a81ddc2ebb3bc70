"""What holds for every screen that a customer can come to, in both languages."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Screens
from tests.browser.looking import CONTRASTS, FOCUS, INLINE_SCRIPT, OVERFLOW, SMALL, UNNAMED
from tests.browser.screens import WAYS
from tests.browser.visitors import NARROW, Visitor
from tests.flow.people import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package"), pytest.mark.xdist_group("browser")]

FORMS = ("survey", "survey that is not whole")


async def wrong(screens: Screens, look: Callable[[Visitor], Awaitable[Any]]) -> dict[str, Any]:
    """What a look finds fault with, by screen; a screen without a fault is left out."""
    assert len(screens) == 2 * len(WAYS)
    return {name: fault for name, visitor in screens.items() if (fault := await look(visitor))}


async def test_nothing_scrolls_sideways_on_the_smallest_telephone(screens: Screens) -> None:
    async def look(visitor: Visitor) -> Any:
        await visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        return await visitor.page.evaluate(OVERFLOW)

    assert await wrong(screens, look) == {}


async def test_a_thumb_hits_everything_that_can_be_tapped(screens: Screens) -> None:
    async def look(visitor: Visitor) -> Any:
        await visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        return await visitor.page.evaluate(SMALL)

    assert await wrong(screens, look) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_and_every_field_stands_out_from_what_is_behind_it(screens: Screens, scheme: Any) -> None:
    async def look(visitor: Visitor) -> Any:
        await visitor.page.emulate_media(color_scheme=scheme)
        found = await visitor.page.evaluate(CONTRASTS)
        assert found
        return [(what, round(ratio, 2)) for what, ratio, least in found if ratio < least]

    assert await wrong(screens, look) == {}


async def test_every_screen_has_a_title_of_its_own_one_heading_one_main_part_and_its_language(screens: Screens) -> None:
    async def look(visitor: Visitor) -> Any:
        page = visitor.page
        counts = [await page.locator(part).count() for part in ("main", "h1", "main h1")]
        title = await page.title()
        named = title.endswith(await page.locator("h1").inner_text())
        return None if (counts, named) == ([1, 1, 1], True) else (counts, title)

    assert await wrong(screens, look) == {}
    for name, visitor in screens.items():
        assert (name, await visitor.page.locator("html").get_attribute("lang")) == (name, name[:2])


async def test_every_screen_speaks_one_language_only(screens: Screens) -> None:
    for name, visitor in screens.items():
        text = (await visitor.reads()).replace(number_of(visitor), "")
        cyrillic = sum("а" <= sign <= "я" or sign == "ё" for sign in text.lower())
        latin = sum("a" <= sign <= "z" for sign in text.lower())
        assert (latin, cyrillic > 0) == (0, True) if name.startswith("ru") else (cyrillic, latin > 0) == (0, True), name


def number_of(visitor: Visitor) -> str:
    """The complaint's number, as the address has it."""
    return urlsplit(visitor.page.url).path.rsplit("/", 1)[1].split(".")[0]


async def test_every_field_has_a_label_and_every_group_of_choices_a_question(screens: Screens) -> None:
    assert await wrong(screens, lambda visitor: visitor.page.evaluate(UNNAMED)) == {}
    for language in ("ru", "en"):
        for form in FORMS:
            page = screens[f"{language}: {form}"].page
            asked = await page.locator("fieldset:has(input[type=radio]) > legend").all_inner_texts()
            assert [question.endswith("?") for question in asked] == [True, True], asked


async def test_the_focus_is_always_to_be_seen_and_goes_from_top_to_bottom(screens: Screens) -> None:
    for language in ("ru", "en"):
        for form in FORMS:
            page = screens[f"{language}: {form}"].page
            await page.bring_to_front()
            went = []
            for _ in range(4):
                await page.keyboard.press("Tab")
                went.append(await page.evaluate(FOCUS))
            assert went == [{"what": name, "seen": True} for name in ("solved", "score", "words", "submit")], language


async def test_an_incomplete_answer_is_told_where_a_screen_reader_hears_it_first(screens: Screens) -> None:
    for language, missing in (
        ("ru", "Не хватает ответа: Как вам наш ответ?"),
        ("en", "An answer is missing: How was our answer?"),
    ):
        page = screens[f"{language}: survey that is not whole"].page
        assert await page.title() == missing
        assert await page.get_by_role("alert").count() == 1
        assert await screens[f"{language}: survey"].page.get_by_role("alert").count() == 0


async def test_nobody_else_is_asked_for_anything(screens: Screens, world: World) -> None:
    ours = {urlsplit(world.house.around.urls[service]).netloc for service in ("intake", "followup")}
    for name, visitor in screens.items():
        assert visitor.asked, name
        assert {urlsplit(request.url).netloc for request in visitor.asked} <= ours, name
        assert {request.resource_type for request in visitor.asked} == {"document"}, name


async def test_the_browser_has_nothing_to_grumble_about(screens: Screens) -> None:
    assert {name: visitor.grumbled for name, visitor in screens.items() if visitor.grumbled} == {}


async def test_a_script_that_was_smuggled_in_does_not_run_on_any_screen(screens: Screens) -> None:
    for name, visitor in screens.items():
        noted = len(visitor.grumbled)
        assert await visitor.page.evaluate(INLINE_SCRIPT) is False, name
        await visitor.page.locator("body > script").evaluate("script => script.remove()")
        assert "Content Security Policy" in visitor.grumbled[noted], name
        del visitor.grumbled[noted:]


async def test_no_screen_needs_a_script_a_cookie_or_a_frame_and_none_stays_in_a_cache(screens: Screens) -> None:
    for name, visitor in screens.items():
        assert await visitor.page.locator("script, iframe, img, link").count() == 0, name
        assert await visitor.page.context.cookies() == [], name
        assert visitor.last is not None
        headers = await visitor.last.all_headers()
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer"), name
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
