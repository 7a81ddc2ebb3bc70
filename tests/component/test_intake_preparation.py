"""Two replicas meet one customer at the same moment: both complaints are theirs, whoever was first."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from services.intake.handlers import intake
from services.intake.store import ContactRow, Preparation, Source
from shared.contracts.events import Submission
from shared.platform.clock import SimulatedClock
from shared.platform.document import Document
from shared.platform.processor.item import Item
from shared.platform.runtime import kinds_of
from shared.platform.store import Store
from tests.component.any_store import Home
from tests.unit.intake.given import NOW, POLICY, SECRET, a_submission

EMAIL = {"email": "anna@example.org"}


@pytest.fixture
async def store(home: Home) -> Store:
    return await home.open(*kinds_of(intake, Source, ContactRow))


class Slow:
    """A replica that stands still between having looked for contacts and writing them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.looked, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def insert_many(self, documents: Sequence[Document], hurried: bool = False) -> set[tuple[str, str]]:
        if isinstance(documents[0].state, ContactRow) and not self.go_on.is_set():
            self.looked.set()
            await self.go_on.wait()
        return await self.store.insert_many(documents, hurried=hurried)


def items(*ids: str, **said: Any) -> list[Item]:
    hearing = intake.hearings[Submission][0]
    return [
        Item(hearing, "", a_submission(source="shop", source_id=name, **{"customer": EMAIL} | said), name, name, "test")
        for name in ids
    ]


def preparation(store: Any, now: int = NOW) -> Preparation:
    return Preparation(store, SimulatedClock(now), SECRET, POLICY)


def customers(of: Iterable[Item]) -> set[str]:
    return {item.facts.customer_id for item in of}


async def test_who_comes_second_takes_the_customer_of_the_first(store: Store) -> None:
    slow = Slow(store)
    mine, theirs = items("shop-1", "shop-2"), items("shop-3")
    waiting = asyncio.create_task(preparation(slow).prepare(mine))
    await asyncio.wait_for(slow.looked.wait(), 10)
    await preparation(store, NOW + 1).prepare(theirs)
    slow.go_on.set()
    await asyncio.wait_for(waiting, 10)
    assert customers(mine) == customers(theirs)
    assert [item.facts.is_new_customer for item in [*mine, *theirs]] == [False, False, True]
    again = items("shop-1")
    await preparation(store, NOW + 2).prepare(again)
    assert (again[0].aggregate, customers(again)) == (mine[0].aggregate, customers(theirs))


async def test_a_crash_after_the_contacts_leads_to_the_same_customer(store: Store) -> None:
    first, again = items("shop-1"), items("shop-1")
    await preparation(store).prepare(first)
    await preparation(store, NOW + 5).prepare(again)
    assert (again[0].aggregate, again[0].facts) == (first[0].aggregate, first[0].facts)
    assert again[0].facts.is_new_customer


async def test_nobody_shares_a_customer_with_those_who_give_no_contact(store: Store) -> None:
    anonymous = items("shop-1", "shop-2", customer={})
    await preparation(store).prepare(anonymous)
    assert len(customers(anonymous)) == 2
