"""Policy bodies by hash, so that every decision can be read with the policy it was made under."""

from typing import ClassVar

from shared.contracts.kept import Kept


class KeptPolicy(Kept):
    """The YAML of one policy; its id is the hash that decisions name."""

    collection: ClassVar[str] = "policies"
    indexed: ClassVar[tuple[str, ...]] = ("since",)

    body: str
    since: int
    """Machine instant at which it was first used, ms."""
