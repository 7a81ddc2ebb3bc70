"""The port to the vault: seal and open texts under one key per customer, in bulk."""

from collections.abc import Sequence
from typing import Protocol

from shared.contracts.sealed import Sealed


class Vault(Protocol):
    """Seals and opens; the keys never leave intake."""

    async def seal(self, texts: Sequence[Sealed]) -> None:
        """Give every plain text its token; a customer without a key gets one, an erased customer's text gets a dead token."""

    async def open(self, tokens: Sequence[str], by: str, why: str) -> list[str | None]:
        """The plain texts, None where the key was destroyed or the token is not ours; every opening is audited."""
