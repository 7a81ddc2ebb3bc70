"""Fetch what a batch is about: every aggregate, then facts and erasures, one query each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.contracts.kept import Kept
from shared.platform.document import Document
from shared.platform.erasure import erased_among
from shared.platform.processor.item import Item, customer_of
from shared.platform.store import Store

Facts = Callable[[Sequence[Item]], Awaitable[None]]
"""Fills `facts` (and, in intake, `aggregate`) of the items: a service's `prepare` or facts reader."""

Loaded = dict[tuple[str, str], Document]


async def load(store: Store, items: Sequence[Item]) -> Loaded:
    """Every aggregate that the items are about, by key; absent ones are absent."""
    wanted: dict[type[Kept], list[str]] = {}
    for item in items:
        wanted.setdefault(item.hearing.keeps, []).append(item.aggregate)
    loaded: Loaded = {}
    for keeps, ids in wanted.items():
        for document in (await store.load_many(keeps, ids)).values():
            loaded[document.key] = document
    return loaded


async def mark_erased(store: Store, items: Sequence[Item]) -> None:
    """Mark the items whose customer was erased, so that no decision brings the person back."""
    customers: dict[str, list[Item]] = {}
    for item in items:
        customer = customer_of(item.message)
        if customer:
            customers.setdefault(customer, []).append(item)
    for customer in await erased_among(store, customers) if customers else ():
        for item in customers[customer]:
            item.erased = True
            item.message = _forgotten(item.message)


def _forgotten(message: Any) -> Any:
    return message.forgotten() if hasattr(message, "forgotten") else message
