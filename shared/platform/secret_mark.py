"""By which secrets a store was written: a digest of each, so that a lost one is never silently made anew over old data."""

from typing import ClassVar

from shared.contracts.kept import Kept


class SecretMark(Kept):
    """The mark of one secret under its name; tells nothing about it."""

    collection: ClassVar[str] = "secret_marks"

    mark: str
