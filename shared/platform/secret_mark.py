"""By which secrets a store was written: a digest of each, so that a lost one is never silently made anew over old data."""

from typing import ClassVar

from shared.contracts.identity import keyed_digest
from shared.contracts.kept import Kept
from shared.platform.clock import machine_ms
from shared.platform.document import Document
from shared.platform.store import Store


class SecretMark(Kept):
    """The mark of one secret under its name; tells nothing about it."""

    collection: ClassVar[str] = "secret_marks"

    mark: str


def mark_of(name: str, key: bytes) -> str:
    """The mark that a secret leaves."""
    return keyed_digest(key, "mark", name)


async def remark(store: Store, name: str, key: bytes) -> None:
    """Note that a store needs no older key of this name any more; who loses the write, loses it to somebody who says the same."""
    mark = SecretMark(mark=mark_of(name, key))
    document = (await store.load_many(SecretMark, [name])).get(name) or Document(name, mark)
    if document.ver and document.state == mark:
        return
    document.state, document.upd = mark, machine_ms()
    await store.save([document])
