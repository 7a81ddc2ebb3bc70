"""What an aggregate keeps: the base of every state that a service stores."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Kept(BaseModel):
    """A stored state: frozen; fields written by a newer version are carried along and written back."""

    model_config = ConfigDict(frozen=True, extra="allow")

    collection: ClassVar[str]
    """Where its documents lie, e.g. `cases`."""
    indexed: ClassVar[tuple[str, ...]] = ()
    """Names of the fields that `find` and `count_by` may ask for; `index` gives their values."""
    schema_version: ClassVar[int] = 1
    """Major version of the stored shape: a reader stops at a newer one."""

    @property
    def due(self) -> int | None:
        """The next business instant (ms) at which this aggregate wants to be asked again; None: never."""
        return None

    def index(self) -> dict[str, str | int | None]:
        """The values of the `indexed` fields: strings and integers only."""
        return {name: getattr(self, name) for name in self.indexed}

    def forgotten(self) -> "Kept":
        """The same state without anything personal, for when its customer is erased."""
        return self
