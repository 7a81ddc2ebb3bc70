"""Find the services and talk to them; no store is opened here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx2

from deploy.cli.troubles import UNREACHABLE, USAGE, NotThere, Trouble, trouble, unreachable
from deploy.cli.words import say, wrong
from deploy.running import read_running
from shared.contracts.topics import SERVICES
from shared.platform.settings import Settings, SettingsError, load_settings
from shared.platform.settings.rules import is_loopback

T = TypeVar("T")
TRANSPORT: httpx2.AsyncBaseTransport | None = None
"""Tests put their own in here."""
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 30.0


@dataclass(frozen=True)
class House:
    """Where the services answer, and the key that opens their doors."""

    home: Path
    urls: Mapping[str, str]
    key: str = field(repr=False)
    given_key: str = field(default="", repr=False)
    """The key that the settings name: it may be shown to addresses that are not in them."""
    kafka: str | None = None
    """host:port of the broker, if known."""
    embedded: bool = False
    """True while `redress up` runs here on its own broker."""
    pid: int | None = None


def settings_now() -> Settings:
    """The settings in force; a `Trouble` where they are wrong."""
    try:
        return load_settings()
    except SettingsError as error:
        raise trouble("settings", code=USAGE, first="; ".join(error.problems)) from None


def find_house(settings: Settings) -> House:
    """The house by settings, and by `running.json` where `redress up` lives."""
    running = read_running(settings.home) or {}
    named = settings.urls()
    urls = {name: str(running[name]) for name in SERVICES if name in running} | named
    return House(
        home=settings.home,
        urls=urls,
        key=_key(settings, running, bool(named)),
        given_key=_given_key(settings),
        kafka=settings.kafka or running.get("kafka"),
        embedded=bool(running) and settings.kafka is None,
        pid=running.get("pid"),
    )


def _key(settings: Settings, running: Mapping[str, Any], named: bool) -> str:
    """The key in the settings where addresses are, else that of the running house."""
    given = _given_key(settings)
    path = Path(str(running["api_key_file"])) if running.get("api_key_file") else settings.home / "api_key"
    try:
        kept = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    return (given or kept) if named else (kept or given)


def _given_key(settings: Settings) -> str:
    return settings.service_key.get_secret_value() if settings.service_key else ""


class Asker:
    """Asks the four services of one house; use it as an asynchronous context."""

    def __init__(self, house: House) -> None:
        """Connects on first use."""
        self.house = house
        local = all(is_loopback(urlsplit(url).hostname or "") for url in house.urls.values())
        self.client = httpx2.AsyncClient(
            transport=TRANSPORT,
            headers={"Authorization": f"Bearer {house.key}"} if house.key else {},
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=64, max_keepalive_connections=64),
            trust_env=not local,
        )

    async def __aenter__(self) -> Self:
        """Ready."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Hang up."""
        await self.client.aclose()

    def url(self, service: str) -> str:
        """Where a service answers; a `Trouble` where nobody knows."""
        if service not in self.house.urls:
            raise trouble("no_house", code=UNREACHABLE, names=service, home=self.house.home)
        return self.house.urls[service]

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """The JSON that a service answers; `Trouble` for everything else."""
        return await self.ask(service, "GET", path, params=_given(params))

    async def post(self, service: str, path: str, body: Any = None, content: bytes | None = None, **params: Any) -> Any:
        """Hand something in."""
        more: dict[str, Any] = {"json": body} if body is not None else {"content": content} if content is not None else {}
        return await self.ask(service, "POST", path, params=_given(params), **more)

    async def ask(self, service: str, method: str, path: str, **more: Any) -> Any:
        """One exchange; raises `NotThere` for 404 and `Trouble` for everything but success."""
        url = self.url(service)
        try:
            answer = await self.client.request(method, url + path, **more)
        except httpx2.HTTPError as error:
            raise unreachable(service, url, type(error).__name__) from None
        return body_of(answer, service, url)


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value not in (None, [], ())}


def path(*parts: str) -> str:
    """A path whose parts may hold anything."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def body_of(answer: httpx2.Response, service: str, url: str) -> Any:
    """What was answered, or the trouble that it tells of."""
    if answer.is_success:
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise trouble("strange_answer") from None
    detail = detail_of(answer)
    if answer.status_code == 401:
        raise trouble("key_unknown", service=service)
    if answer.status_code == 403:
        raise trouble("scope", service=service, detail=detail)
    if answer.status_code == 404:
        raise NotThere(say("trouble.refused", service=service, detail=detail))
    if answer.status_code >= 500:
        raise unreachable(service, url, f"{answer.status_code} {detail}".strip())
    raise Trouble(say("trouble.refused", service=service, detail=detail))


def detail_of(answer: httpx2.Response) -> str:
    """What a problem document says, in one line."""
    try:
        body = answer.json()
    except ValueError:
        return str(answer.status_code)
    if not isinstance(body, dict):
        return str(answer.status_code)
    problems = [problem for problem in body.get("problems") or [] if isinstance(problem, dict)]
    told = [f"{problem.get('field') or 'body'}: {wrong(str(problem.get('message', '')))}" for problem in problems]
    return "; ".join(told) or wrong(str(body.get("detail") or body.get("reason") or answer.status_code).rstrip("."))


def asking(work: Callable[[Asker], Awaitable[T]]) -> T:
    """Run a piece of work that asks the services of the house at hand."""
    house = find_house(settings_now())
    if not house.urls:
        raise trouble("no_house", code=UNREACHABLE, names=", ".join(SERVICES), home=house.home)
    if not house.key:
        raise trouble("no_key")

    async def run() -> T:
        async with Asker(house) as asker:
            return await work(asker)

    return asyncio.run(run())


def one_service(name: str | None) -> tuple[str, ...]:
    """The services that were meant: one, or all."""
    if name is None:
        return SERVICES
    if name not in SERVICES:
        raise trouble("no_service", "services", USAGE, name=name, names=", ".join(SERVICES))
    return (name,)
