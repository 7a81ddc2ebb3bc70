"""A text that only intake's vault can read: plain inside the decision that made it, a token everywhere else."""

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema


class Sealed:
    """A customer's words or contact: `plain` until the platform seals it before save, then only `token`.

    A token is useless without the customer's key, so it may lie in any store, topic or backup.
    """

    __slots__ = ("customer_id", "plain", "token")

    def __init__(self, customer_id: str, plain: str | None = None, token: str | None = None) -> None:
        """Either `plain` (to be sealed) or `token` (sealed already)."""
        self.customer_id = customer_id
        self.plain = plain
        self.token = token

    def __repr__(self) -> str:
        """Never the content."""
        return f"Sealed({self.customer_id}, {'sealed' if self.token else 'plain'})"

    def __eq__(self, other: object) -> bool:
        """Equal when both hide the same thing of the same customer."""
        return isinstance(other, Sealed) and (self.customer_id, self.plain, self.token) == (
            other.customer_id,
            other.plain,
            other.token,
        )

    def __hash__(self) -> int:
        """Consistent with equality as long as it is not sealed in between."""
        return hash((self.customer_id, self.plain))

    @staticmethod
    def _read(value: str) -> "Sealed":
        return Sealed(value.split(".", 2)[1] if value.count(".") >= 2 else "", token=value)

    def _write(self) -> str:
        if self.token is None:
            raise ValueError("a Sealed text was kept or said before it was sealed: list it in Decision(seal=...)")
        return self.token

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """On the wire a token, a plain string."""
        return core_schema.union_schema(
            [
                core_schema.is_instance_schema(cls),
                core_schema.no_info_after_validator_function(cls._read, core_schema.str_schema()),
            ],
            serialization=core_schema.plain_serializer_function_ser_schema(cls._write, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """Describe the token, not the class."""
        return {"type": "string", "description": "Token of the vault: `v1.<customer id>.<nonce and ciphertext>`."}
