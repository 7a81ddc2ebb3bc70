"""Row 29: every route of every service without a key, with a wrong one and with one that lacks its scope."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from shared.contracts.topics import SERVICES
from tests.flow.people import World, running

DOCUMENTS = Path(__file__).parents[2] / "docs" / "openapi"
OPEN = {
    *((service, "GET", path) for service in SERVICES for path in ("/healthz", "/readyz", "/metrics", "/version")),
    ("intake", "GET", "/v1/complaints/{token}"),
    ("followup", "GET", "/s/{token}"),
    ("followup", "POST", "/s/{token}"),
    ("followup", "POST", "/v1/surveys/{token}"),
}
"""What needs no key: those who watch, and customers with a link that nobody can guess."""
UNLISTED = (
    "/docs",
    "/redoc",
    "/openapi.json",
    "/docs/try",
    "/debug",
    "/internal",
    "/admin",
    "/.env",
    "/../etc/passwd",
    "/%2e%2e/",
)


def routes() -> Iterator[tuple[str, str, str]]:
    """Service, method and path of everything that is documented, so that a new route cannot be forgotten here."""
    for service in SERVICES:
        document = json.loads((DOCUMENTS / f"{service}.json").read_text("utf-8"))
        for path, methods in document["paths"].items():
            yield from (
                (service, method.upper(), path) for method in methods if method in ("get", "post", "put", "delete", "patch")
            )


def filled(path: str) -> str:
    """A path that leads nowhere."""
    return re.sub(r"\{[^}]+\}", "nobody", path)


def leaks(answer: httpx2.Response) -> bool:
    """Whether an answer tells more than that it refuses."""
    said = answer.text.lower()
    return any(word in said for word in ("traceback", 'file "', "sqlite", "/home/", "/tmp/", "secret")) or len(said) > 2_000


@pytest.mark.timeout(180)
async def test_row_29_without_the_right_key_only_what_is_public_answers(tmp_path: Path) -> None:
    refused = public = 0
    async with running(tmp_path) as world:
        for service, method, path in routes():
            if (service, method, path) in OPEN:
                answer = await world.ask(method, service, filled(path), key="")
                assert answer.status_code not in (401, 403), f"{method} {path} of {service} wants a key: {answer.text}"
                public += 1
                continue
            for key in ("", "wrong", f"{world.house.key}x"):
                answer = await world.ask(method, service, filled(path), key=key, content=b"{}")
                assert answer.status_code == 401, f"{method} {path} of {service} answers {answer.status_code} to {key!r}"
                assert answer.headers["content-type"].startswith("application/problem+json") and not leaks(answer)
            refused += 1
            await lacks_scope(world, service, method, path)
        for service in SERVICES:
            for path in UNLISTED:
                answer = await world.ask("GET", service, path, key="")
                said = answer.status_code
                assert said in (400, 401, 404, 405) and not leaks(answer), f"{path} of {service}: {said}"
    print(f"\nrow 29: {refused} routes refused without the right key, {public} public")
    assert public == len(OPEN)


async def lacks_scope(world: World, service: str, method: str, path: str) -> None:
    """Of the four scopes, no route takes all."""
    answers = [
        await world.ask(method, service, filled(path), key=world.key_of(scope), content=b"{}")
        for scope in ("submit", "desk", "vault", "admin")
    ]
    assert any(answer.status_code == 403 for answer in answers), f"{method} {path} of {service} takes every scope"
    assert not any(leaks(answer) for answer in answers if answer.status_code == 403)
