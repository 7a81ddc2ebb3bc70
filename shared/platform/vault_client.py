"""The vault from outside intake: the same two questions over HTTP, in chunks."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import httpx2
from pydantic_core import to_json

from shared.contracts.errors import TryAgain
from shared.contracts.sealed import Sealed

CHUNK = 500
"""Most texts in one request."""
CHUNK_BYTES = 500_000
"""Most UTF-8 bytes of text in one request; a longer text travels alone."""
TIMEOUT = httpx2.Timeout(10.0, connect=2.0)
T = TypeVar("T")
NEVER_RIGHT = frozenset({400, 404, 405, 413, 415, 422})


class VaultRefused(Exception):  # noqa: N818 - named after what the vault did
    """The vault will never take this request: too large or of the wrong shape; repeating it does not help."""


class RemoteVault:
    """The port to the vault over intake's internal API; keeps nothing and logs nothing of what it carries."""

    def __init__(self, base_url: str, key: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """`base_url` of intake and an API key with the scope `vault`; `transport` replaces the network in tests."""
        self._base = base_url.rstrip("/") + "/internal/v1/vault"
        self._client = httpx2.AsyncClient(timeout=TIMEOUT, headers={"Authorization": f"Bearer {key}"}, transport=transport)

    async def seal(self, texts: Sequence[Sealed]) -> None:
        """See the port; the plain text is let go of once its token stands. Raises `TryAgain`, `VaultRefused`."""
        waiting = [(text, text.plain) for text in texts if text.token is None and text.plain is not None]
        for part in _chunks(waiting):
            asked = [{"customer_id": text.customer_id, "plain": _writable(plain)} for text, plain in part]
            tokens = await self._ask("seal", {"texts": asked}, "tokens", len(part))
            for (text, _), token in zip(part, tokens, strict=True):
                if not isinstance(token, str):
                    raise TryAgain("the vault gave no token")
                text.token = token
                text.plain = None

    async def open(self, tokens: Sequence[str], by: str, why: str) -> list[str | None]:
        """See the port. Raises `TryAgain`, `VaultRefused`."""
        texts: list[str | None] = []
        for part in _chunks([(token, token) for token in tokens]):
            asked = {"tokens": [token for token, _ in part], "by": by, "why": why}
            texts += [None if text is None else str(text) for text in await self._ask("open", asked, "texts", len(part))]
        return texts

    async def close(self) -> None:
        """Close idle connections."""
        await self._client.aclose()

    async def _ask(self, door: str, body: dict[str, Any], field: str, expected: int) -> list[Any]:
        answer = await self._post(f"{self._base}/{door}", to_json(body))
        if answer.status_code in NEVER_RIGHT:
            raise VaultRefused(f"the vault refused to {door}: HTTP {answer.status_code}")
        if answer.status_code != 200:
            raise TryAgain(f"the vault answered HTTP {answer.status_code}")
        try:
            values = answer.json()[field]
        except (ValueError, KeyError, TypeError):
            values = None
        if not isinstance(values, list) or len(values) != expected:
            raise TryAgain("the vault's answer does not fit the question")
        return values

    async def _post(self, url: str, body: bytes) -> httpx2.Response:
        """One retry where the connection could not be made or was just closed: sealing or opening again does no harm."""
        headers = {"Content-Type": "application/json"}
        try:
            try:
                return await self._client.post(url, content=body, headers=headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.RemoteProtocolError):
                return await self._client.post(url, content=body, headers=headers)
        except httpx2.TransportError as error:
            raise TryAgain(f"the vault cannot be reached: {type(error).__name__}") from None


def _chunks(items: Sequence[tuple[T, str]]) -> Iterator[list[tuple[T, str]]]:
    """The items in order, cut by count and by the bytes of their texts."""
    part: list[tuple[T, str]] = []
    size = 0
    for item in items:
        weight = len(item[1].encode("utf-8", "replace"))
        if part and (len(part) >= CHUNK or size + weight > CHUNK_BYTES):
            yield part
            part, size = [], 0
        part.append(item)
        size += weight
    if part:
        yield part


def _writable(text: str) -> str:
    """A lone surrogate cannot be written as JSON; the vault itself would make it `?` too."""
    return text.encode("utf-8", "replace").decode()
