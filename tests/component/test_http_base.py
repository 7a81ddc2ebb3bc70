"""The HTTP base over the ASGI interface and over a real loopback port."""

import asyncio
import contextlib
import gzip
import io
import json
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx2
import jsonschema
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from prometheus_client import CollectorRegistry, Counter
from pydantic import AwareDatetime, BaseModel

from shared.contracts.errors import Problem, TryAgain, Unprocessable
from shared.platform import logging as logs
from shared.platform.decision import Declined, Refused
from shared.platform.http import ApiKeys, Caller, CannotListen, bind, build_app, issue_key, needs, serving, url_of
from shared.platform.http.guard import INTERNAL_BODY_BYTES, MAX_HEADERS, SECURITY_HEADERS
from shared.platform.http.key_file import BrokenKeyFile
from shared.platform.http.problems import SCHEMA
from shared.platform.store import StoreDown

LIMIT = 2_000
SECRET = "ivan.petrov@example.com"


class Checks:
    def __init__(self) -> None:
        self.dead: list[str] = []
        self.unready: list[str] = []

    async def live(self) -> list[str]:
        return self.dead

    async def ready(self) -> list[str]:
        if self.unready == ["boom"]:
            raise ValueError(SECRET)
        return self.unready


class Note(BaseModel):
    text: str
    count: int = 0
    at: AwareDatetime | None = None


def router() -> APIRouter:
    doors = APIRouter()

    @doors.post("/v1/notes")
    async def note(note: Note, caller: Annotated[Caller, Depends(needs("desk"))]) -> dict[str, str]:
        return {"by": caller.actor, "name": caller.name}

    @doors.post("/internal/v1/size")
    @doors.post("/v1/size")
    async def size(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @doors.get("/v1/fails/{how}")
    async def fail(how: str) -> None:
        raise {
            "refused": Declined(Refused("already_resolved", "the case is resolved")),
            "wrong": Unprocessable("not_finite", [Problem("amount", "is not finite", "send a number")]),
            "store": StoreDown(SECRET),
            "later": TryAgain(SECRET),
            "bug": KeyError(SECRET),
        }[how]

    @doors.get("/v1/page")
    async def page() -> Any:
        from fastapi.responses import HTMLResponse

        return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})

    @doors.get("/v1/correlation")
    async def correlation(request: Request) -> str:
        return str(request.state.correlation_id)

    return doors


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "api-keys.json"


@pytest.fixture
def desk_key(key_file: Path) -> str:
    return issue_key(key_file, "desk", "agent-7", ["desk"])


@pytest.fixture
def app(checks: Checks, key_file: Path, desk_key: str) -> FastAPI:
    registry = CollectorRegistry()
    Counter("things", "Things.", registry=registry).inc()
    keys = ApiKeys(key_file)
    return build_app(
        "Test", "intake", "1.2.3", checks=checks, keys=keys, routers=[router()], max_body_bytes=LIMIT, registry=registry
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        yield client


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("json", "info", "intake", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


# -- watching


async def test_the_four_doors_of_those_who_watch_need_no_key(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    assert (await client.get("/version")).json() == {"service": "intake", "version": "1.2.3"}
    metrics = await client.get("/metrics")
    assert "things_total 1.0" in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain")


async def test_health_tells_every_reason_with_503(client: httpx2.AsyncClient, checks: Checks) -> None:
    checks.dead = ["sender ended"]
    checks.unready = ["no partitions", "store does not answer"]
    live, ready = await client.get("/healthz"), await client.get("/readyz")
    assert (live.status_code, live.json()["reasons"]) == (503, ["sender ended"])
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["no partitions", "store does not answer"])


async def test_a_check_that_fails_itself_counts_as_a_no_without_its_message(client: httpx2.AsyncClient, checks: Checks) -> None:
    checks.unready = ["boom"]
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["the check itself failed: ValueError"]


# -- keys


async def test_a_key_works_as_bearer_and_as_header_and_names_its_owner(client: httpx2.AsyncClient, desk_key: str) -> None:
    for headers in (bearer(desk_key), {"X-API-Key": desk_key}):
        answer = await client.post("/v1/notes", json={"text": "x"}, headers=headers)
        assert answer.json() == {"by": "agent-7", "name": "desk"}


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}, bearer("redress_wrong"), {"Authorization": "Basic eDp5"}])
async def test_without_a_valid_key_the_answer_is_401_and_says_how(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/v1/notes", json={"text": "x"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_without_the_scope_is_refused_and_told_which_it_lacks(client: httpx2.AsyncClient, key_file: Path) -> None:
    submit = issue_key(key_file, "shop", "shop", ["submit"])
    answer = await client.post("/v1/notes", json={"text": "x"}, headers=bearer(submit))
    assert (answer.status_code, answer.json()["detail"]) == (403, "this key lacks the scope desk")


async def test_a_withdrawn_key_ends_at_once_and_a_new_one_works_at_once(
    client: httpx2.AsyncClient, key_file: Path, desk_key: str
) -> None:
    new = issue_key(key_file, "desk", "agent-8", ["desk"])
    assert (await client.post("/v1/notes", json={"text": "x"}, headers=bearer(desk_key))).status_code == 401
    assert (await client.post("/v1/notes", json={"text": "x"}, headers=bearer(new))).json()["by"] == "agent-8"


async def test_a_file_of_keys_that_breaks_while_running_leaves_the_old_keys_valid(
    client: httpx2.AsyncClient, key_file: Path, desk_key: str
) -> None:
    key_file.write_text("{")
    assert (await client.post("/v1/notes", json={"text": "x"}, headers=bearer(desk_key))).status_code == 200


def test_the_file_holds_hashes_and_is_readable_by_its_owner_only(key_file: Path, desk_key: str) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert desk_key not in key_file.read_text()
    assert [entry["name"] for entry in json.loads(key_file.read_text())] == ["desk"]
    assert list(key_file.parent.iterdir()) == [key_file]


def test_a_broken_file_of_keys_is_told_by_place_and_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps([{"name": "a", "actor": "a", "scopes": ["root"], "sha256": SECRET}]))
    with pytest.raises(BrokenKeyFile) as caught:
        ApiKeys(path)
    assert "0.scopes" in str(caught.value)
    assert "0.sha256" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_key_needs_scopes_that_exist(key_file: Path) -> None:
    with pytest.raises(ValueError, match="root"):
        issue_key(key_file, "a", "a", ["root"])
    with pytest.raises(ValueError, match="none"):
        issue_key(key_file, "a", "a", [])


async def test_the_openapi_document_needs_a_key_and_there_is_no_docs_page(client: httpx2.AsyncClient, desk_key: str) -> None:
    assert (await client.get("/openapi.json")).status_code == 401
    document = (await client.get("/openapi.json", headers=bearer(desk_key))).json()
    assert "/v1/notes" in document["paths"]
    assert set(document["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyHeader"}
    assert (await client.get("/docs")).status_code == 404


async def test_the_openapi_document_describes_refusals_as_they_are(app: FastAPI) -> None:
    document = app.openapi()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            content = operation["responses"]["default"]["content"]
            assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


async def test_a_refusal_has_the_shape_that_the_openapi_document_tells(client: httpx2.AsyncClient, desk_key: str) -> None:
    answer = await client.post("/v1/notes", json={}, headers=bearer(desk_key))
    jsonschema.validate(answer.json(), SCHEMA | {"additionalProperties": False})


# -- refusals


async def test_what_does_not_fit_the_schema_is_told_by_field_and_remedy_without_the_input(
    client: httpx2.AsyncClient, desk_key: str
) -> None:
    sent = {"count": SECRET, "at": "2026-01-01T00:00:00"}
    answer = await client.post("/v1/notes", json=sent, headers=bearer(desk_key))
    assert answer.status_code == 422
    assert answer.json()["reason"] == "invalid"
    assert {p["field"] for p in answer.json()["problems"]} == {"text", "count", "at"}
    remedies = {p["field"]: p["remedy"] for p in answer.json()["problems"]}
    assert remedies["text"] == "send it"
    assert "offset" in remedies["at"]
    assert SECRET not in answer.text


async def test_broken_json_has_a_reason_of_its_own(client: httpx2.AsyncClient, desk_key: str) -> None:
    headers = bearer(desk_key) | {"Content-Type": "application/json"}
    answer = await client.post("/v1/notes", content=b'{"text": ', headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (422, "broken_json")


@pytest.mark.parametrize(
    ("how", "status", "reason"),
    [
        ("refused", 409, "already_resolved"),
        ("wrong", 422, "not_finite"),
        ("store", 503, "try_again"),
        ("later", 503, "try_again"),
    ],
)
async def test_each_way_to_fail_has_its_status_and_reason(client: httpx2.AsyncClient, how: str, status: int, reason: str) -> None:
    answer = await client.get(f"/v1/fails/{how}")
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_a_bug_is_answered_in_our_form_and_logged_once_without_its_message(
    client: httpx2.AsyncClient, out: io.StringIO
) -> None:
    answer = await client.get("/v1/fails/bug")
    assert (answer.status_code, answer.json()["reason"]) == (500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["event"], line["error"], line["route"]) for line in lines] == [("a door failed", "KeyError", "/v1/fails/{how}")]
    assert lines[0]["correlation_id"] == answer.headers["x-request-id"]
    assert SECRET not in out.getvalue() + answer.text


async def test_unknown_addresses_and_methods_are_problems_too(client: httpx2.AsyncClient) -> None:
    missing, method = await client.get("/nowhere"), await client.delete("/healthz")
    assert (missing.status_code, missing.json()["reason"]) == (404, "not_found")
    assert (method.status_code, method.json()["reason"]) == (405, "method_not_allowed")
    assert method.headers["allow"] == "GET"
    assert (await client.get("/healthz/")).status_code == 404


# -- limits and headers


@pytest.mark.parametrize("length", [LIMIT, LIMIT + 1])
async def test_the_body_limit_is_exact_with_a_stated_length(client: httpx2.AsyncClient, length: int) -> None:
    answer = await client.post("/v1/size", content=b"x" * length)
    assert answer.status_code == (200 if length <= LIMIT else 413)
    if length > LIMIT:
        assert str(LIMIT) in answer.json()["detail"]


@pytest.mark.parametrize("length", [LIMIT, LIMIT + 1])
async def test_the_body_limit_is_exact_for_a_streamed_body(client: httpx2.AsyncClient, length: int) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(length):
            yield b"x"

    answer = await client.post("/v1/size", content=stream())
    assert answer.status_code == (200 if length <= LIMIT else 413)


async def test_a_packed_body_is_refused_with_the_header_that_packs_it(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/v1/size", content=gzip.compress(b"x"), headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["reason"]) == (415, "encoded_body")
    assert "Content-Encoding" in answer.json()["detail"]
    assert (await client.post("/v1/size", content=b"x", headers={"Content-Encoding": "identity"})).status_code == 200


async def test_only_a_caller_with_a_key_may_send_much_to_the_inside(client: httpx2.AsyncClient, desk_key: str) -> None:
    body = b"x" * (LIMIT + 1)
    assert (await client.post("/internal/v1/size", content=body)).status_code == 413
    assert (await client.post("/internal/v1/size", content=body, headers=bearer(desk_key))).json() == {"bytes": LIMIT + 1}
    assert (await client.post("/v1/size", content=body, headers=bearer(desk_key))).status_code == 413
    huge = {"Content-Length": str(INTERNAL_BODY_BYTES + 1)} | bearer(desk_key)
    assert (await client.post("/internal/v1/size", content=b"", headers=huge)).status_code == 413


@pytest.mark.parametrize("headers", [{f"X-{n}": "1" for n in range(MAX_HEADERS)}, {"X-Long": "x" * 17_000}])
async def test_too_many_or_too_long_headers_are_refused(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/version", headers=headers)).status_code == 431


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/v1/fails/bug", "/v1/fails/store"])
async def test_every_answer_carries_the_security_headers(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_a_page_may_bring_its_own_content_policy(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/v1/page")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Request-ID": "6F9619FF-8B86-D011-B42D-00C04FC964FF"}, "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, "4bf92f3577b34da6a3ce929d0e0e4736"),
        ({"X-Request-ID": "+79161234567"}, None),
        ({}, None),
    ],
)
async def test_a_request_id_is_taken_over_only_if_it_cannot_be_personal(
    client: httpx2.AsyncClient, headers: dict[str, str], expected: str | None
) -> None:
    answer = await client.get("/v1/correlation", headers=headers)
    assert answer.json() == answer.headers["x-request-id"]
    if expected:
        assert answer.json() == expected
    else:
        assert answer.json() not in headers.values()
        assert len(answer.json()) == 32


# -- listening


async def test_a_served_app_tells_its_real_port_and_no_server_name(app: FastAPI) -> None:
    before = signal.getsignal(signal.SIGTERM)
    async with serving(app, "127.0.0.1", 0) as url, httpx2.AsyncClient(base_url=url) as client:
        answer = await client.get("/version")
        assert answer.json()["service"] == "intake"
        assert "server" not in answer.headers
        assert signal.getsignal(signal.SIGTERM) is before
    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"{url}/version")


async def test_the_port_is_known_before_the_door_opens(app: FastAPI) -> None:
    door = bind("127.0.0.1", 0)
    url = url_of(door)
    with socket.socket() as knock:
        assert knock.connect_ex(door.getsockname()) != 0
    async with serving(app, door=door) as served:
        assert served == url


async def test_a_taken_port_is_told_with_the_remedy(app: FastAPI) -> None:
    async with serving(app, "127.0.0.1", 0) as url:
        with pytest.raises(CannotListen, match=r"is taken.*_PORT"):
            bind("127.0.0.1", int(url.rpartition(":")[2]))


def test_an_address_of_another_machine_is_told_with_the_remedy() -> None:
    with pytest.raises(CannotListen, match="REDRESS_HOST"):
        bind("192.0.2.1", 0)


async def test_what_fails_at_start_reaches_the_caller(checks: Checks) -> None:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("the store is newer")
        yield

    app = build_app("T", "intake", "1", checks=checks, keys=ApiKeys(), lifespan=lifespan)
    with pytest.raises(RuntimeError, match="newer"):
        async with serving(app):
            pass


async def test_a_request_under_way_is_finished_when_the_door_closes(checks: Checks) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()
    steps: list[str] = []

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        steps.append("start")
        yield
        steps.append("stop")

    slow = APIRouter()

    @slow.get("/slow")
    async def answer_slowly() -> str:
        entered.set()
        await go_on.wait()
        steps.append("answered")
        return "done"

    app = build_app("T", "intake", "1", checks=checks, keys=ApiKeys(), routers=[slow], lifespan=lifespan)
    async with httpx2.AsyncClient() as client:
        async with serving(app) as url:
            asked = asyncio.create_task(client.get(f"{url}/slow"))
            await entered.wait()
            asyncio.get_running_loop().call_later(0.2, go_on.set)
        assert (await asked).json() == "done"
    assert steps == ["start", "answered", "stop"]


async def test_a_connection_that_says_nothing_is_hung_up_on(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.platform.http.serve.FIRST_REQUEST_SECONDS", 0.1)
    async with serving(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"GET /version HTTP/1.1\r\nX-Slow: ")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_a_body_that_does_not_arrive_is_given_up(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.platform.http.guard.BODY_SECONDS", 0.1)
    async with serving(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"POST /v1/size HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        head = await asyncio.wait_for(reader.readline(), 5)
        assert b" 408 " in head
        writer.close()


async def test_a_signal_is_left_to_who_started_us(app: FastAPI) -> None:
    heard = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, heard.set)
    try:
        async with serving(app) as url, httpx2.AsyncClient() as client:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(heard.wait(), 5)
            assert (await client.get(f"{url}/version")).status_code == 200
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
