"""The only commit point: all documents of a batch in one bulk compare-and-set."""

from collections.abc import Awaitable, Callable, Sequence

from shared.platform import metrics
from shared.platform.document import Document, NewRow
from shared.platform.processor.decide import Decided
from shared.platform.steps import step
from shared.platform.store import Store

Keys = set[tuple[str, str]]
"""Collection and id of documents."""


async def save(service: str, store: Store, decided: Decided, beside: Callable[[], Awaitable[list[Document]]] | None) -> Keys:
    """Write what was decided; returns the documents that somebody else changed meanwhile, which must be decided again.

    `beside` is asked for more documents of the same write: a transactional store takes them in the same transaction, so
    that all or nothing is written; others right after, again and again until they win. Raises `StoreDown`.
    """
    documents = list(decided.changed.values())
    step("before save")
    if beside and store.transactional:
        lost = await _write(store, documents + await beside(), decided.rows)
        step("after save")
        return {document.key for document in documents} | lost if lost else lost
    lost = await _write(store, documents, decided.rows)
    step("after save")
    if beside and not lost:
        while await _write(store, await beside()):
            metrics.CONFLICTS.labels(service).inc()
        step("after tally")
    if lost and store.transactional:  # nothing was written: all of it is decided again
        return {document.key for document in documents}
    return lost


async def _write(store: Store, documents: list[Document], rows: Sequence[NewRow] = ()) -> Keys:
    return await store.save(documents, rows) if documents else set()
