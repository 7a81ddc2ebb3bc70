"""What every event has in common."""

from typing import ClassVar

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
