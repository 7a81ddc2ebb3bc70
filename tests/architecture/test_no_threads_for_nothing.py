"""A plain function as a route or dependency is called in a thread of its own: a hop each, for nothing that waits."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from tests.architecture.wired import wired


def routes_of(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    """Also those of routers inside."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            inside = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
            yield from routes_of(list(inside or ()))


def calls_of(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inside in dependant.dependencies:
        yield from calls_of(inside)


def is_plain(call: Any) -> bool:
    return not inspect.iscoroutinefunction(call) and not inspect.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004


def test_no_route_and_no_dependency_is_a_plain_function(tmp_path: Path) -> None:
    seen, plain = 0, set()
    for name, built in wired(tmp_path).items():
        for route in routes_of(built.app.routes):
            for call in calls_of(route.dependant):
                seen += 1
                if is_plain(call):
                    plain.add(f"{name}: {getattr(call, '__qualname__', call)}")
    assert seen > 100
    assert plain == set()
