"""Ask several services for the same thing: all of them, or until one knows it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from deploy.cli.reach import Asker
from deploy.cli.troubles import UNREACHABLE, NotThere, Trouble, trouble

T = TypeVar("T")


async def of_each(asker: Asker, names: Sequence[str], path: str, **params: Any) -> tuple[dict[str, Any], list[str]]:
    """The answers by service, and the services that were not reached."""
    found = await asyncio.gather(*(asker.get(name, path, **params) for name in names), return_exceptions=True)
    answers, away = {}, []
    for name, answer in zip(names, found, strict=True):
        if isinstance(answer, Trouble) and answer.code == UNREACHABLE:
            away.append(name)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            answers[name] = answer
    return answers, away


async def first_that_knows(names: Sequence[str], ask: Callable[[str], Awaitable[T]], unknown: tuple[str, str]) -> tuple[str, T]:
    """The first service that does not say 404, and its answer.

    `unknown` is the key of the remedy, and the thing sought, for the `Trouble` when none knows it; where a service could
    not be asked, that is said instead.
    """
    away: Trouble | None = None
    for name in names:
        try:
            return name, await ask(name)
        except NotThere:
            continue
        except Trouble as error:
            if error.code != UNREACHABLE:
                raise
            away = error
    raise away or trouble("not_found", unknown[0], what=unknown[1])
