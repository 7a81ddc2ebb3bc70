"""People with a browser: each has a profile of its own, and what the browser asked for and grumbled about is written down."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Request, Response

NARROW = {"width": 320, "height": 640}
"""CSS pixels of the smallest telephone, and of a desktop at 400 %."""


@dataclass
class Visitor:
    """One person at one page."""

    page: Page
    asked: list[Request] = field(default_factory=list)
    grumbled: list[str] = field(default_factory=list)
    """Warnings and errors of the console, and of scripts."""
    last: Response | None = None

    async def goes(self, url: str) -> Response:
        """Type an address."""
        self.last = await self.page.goto(url)
        assert self.last is not None
        return self.last

    async def reads(self) -> str:
        """All the words of the page, as they are seen."""
        return await self.page.locator("body").inner_text()

    async def heading(self) -> str:
        """What the page is about."""
        return await self.page.locator("h1").inner_text()

    async def chooses(self, name: str, value: str) -> None:
        """Tap a choice where a finger would: on its words."""
        await self.page.locator(f"label:has(input[name={name}][value='{value}'])").click()

    async def sends(self) -> None:
        """Press the button and wait for what comes."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("button").click()

    async def answers(self, score: int, solved: str, words: str = "") -> None:
        """Fill in the survey and send it."""
        await self.chooses("solved", solved)
        await self.chooses("score", str(score))
        await self.page.locator("textarea").fill(words)
        await self.sends()

    async def forgets_to_answer(self, words: str = "") -> None:
        """Send nothing but words, with a browser that does not insist on what is required."""
        await self.page.locator("form").evaluate("form => { form.noValidate = true }")
        await self.page.locator("textarea").fill(words)
        await self.sends()


@contextlib.asynccontextmanager
async def a_profile(browser: Browser, language: str = "ru", **profile: Any) -> AsyncIterator[BrowserContext]:
    """A browser set to a language; nothing of it is left afterwards."""
    context = await browser.new_context(locale={"ru": "ru-RU", "en": "en-GB"}[language], **profile)
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        await context.close()


@contextlib.asynccontextmanager
async def a_visitor(browser: Browser, language: str = "ru", **profile: Any) -> AsyncIterator[Visitor]:
    """Somebody with a browser of their own."""
    async with a_profile(browser, language, **profile) as context:
        yield await visitor_in(context)


async def visitor_in(context: BrowserContext) -> Visitor:
    """Somebody at a new page."""
    visitor = Visitor(await context.new_page())
    visitor.page.on("request", lambda request: _ask(visitor, request))
    visitor.page.on("response", lambda response: _remember(visitor, response))
    visitor.page.on("console", lambda said: _note(visitor, said))
    visitor.page.on("pageerror", lambda error: visitor.grumbled.append(str(error)))
    return visitor


def _ask(visitor: Visitor, request: Request) -> None:
    visitor.asked.append(request)


def _remember(visitor: Visitor, response: Response) -> None:
    if response.request.is_navigation_request():
        visitor.last = response


def _note(visitor: Visitor, said: Any) -> None:
    expected = "the server responded with a status of 4"  # a page that is not there, or an answer that is not whole
    if said.type in ("error", "warning") and expected not in said.text:
        visitor.grumbled.append(said.text)
