"""What every event has in common."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from shared.contracts.topics import Topic


class Event(BaseModel):
    """A fact in the past tense; frozen; a reader ignores fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[Topic]
    key_field: ClassVar[str] = "complaint_id"
    version: ClassVar[int] = 1

    @property
    def subject(self) -> str:
        """The id that the event is about; also the record key, so its order is kept."""
        return str(getattr(self, self.key_field))

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, e.g. `redress.ComplaintRegistered.v1`."""
        return f"redress.{cls.__name__}.v{cls.version}"

    @classmethod
    def heard(cls, body: Any) -> Self:
        """The event as a reader takes it from its JSON (`bytes`, `str`, or parsed); raises `ValidationError`.

        What this version does not know is left behind at every depth. Parts of events travel on into stored states, and there
        no erasure of this version would find a field that it has no name for.
        """
        if isinstance(body, bytes | str):
            return cls.model_validate_json(body, extra="ignore")
        return cls.model_validate(body, extra="ignore")
