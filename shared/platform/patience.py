"""Wait, but not for ever."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, awaited: Awaitable[T]) -> T:
    """What is awaited, or `TimeoutError`.

    `asyncio.wait_for` of Python 3.11 swallows a cancellation that comes in the moment its future completes: a loop that
    is being stopped would then go on for ever.
    """
    async with asyncio.timeout(seconds):
        return await awaited
