"""One house and one browser for all tests of this tier; every customer brings a profile of their own."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.screens import WAYS
from tests.browser.visitors import Visitor, a_profile, a_visitor, visitor_in
from tests.flow.people import World, running

Screens = dict[str, Visitor]
"""Visitors by language and screen, each standing before it."""


def _chromium() -> str:
    found = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        pytest.skip("Chromium is missing: apt-get install chromium")
    return found


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    path = _chromium()
    async with async_playwright() as played:
        started = await played.chromium.launch(executable_path=path, args=["--disable-gpu", "--process-per-site"])
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A house for the whole tier; it is not started where there is no browser."""
    async with running(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def screens(world: World, browser: Browser) -> AsyncIterator[Screens]:
    """Every screen in both languages, open."""
    async with a_profile(browser, "ru") as russian, a_profile(browser, "en") as english:
        found: Screens = {}
        for name, way in WAYS.items():
            for language, context in (("ru", russian), ("en", english)):
                found[f"{language}: {name}"] = visitor = await visitor_in(context)
                await way(world, visitor, language)
        yield found


@pytest.fixture
def visit(browser: Browser) -> Callable[..., contextlib.AbstractAsyncContextManager[Visitor]]:
    """Somebody comes: `async with visit("en") as customer`."""
    return lambda language="ru", **profile: a_visitor(browser, language, **profile)
