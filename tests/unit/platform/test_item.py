"""One message on its way: which aggregate it is about, and which customer it concerns."""

from typing import Any

import pytest

from shared.contracts.events import CustomerErased
from shared.platform.decision import Rang
from shared.platform.processor.item import Item, customer_of
from tests.builders import NOW, a_registered, an_addressee
from tests.toys import Add, Count, a_toy

TOY = a_toy()


def test_the_same_id_in_two_collections_is_not_the_same_aggregate() -> None:
    item = Item(TOY.hearings[Add][0], "cmp_1", Add(amount=1), "c", "a", "olga")
    assert item.key == (Count.collection, "cmp_1")


@pytest.mark.parametrize(
    ("message", "customer"),
    [
        (a_registered(addressee=an_addressee(customer_id="cus_7")), "cus_7"),
        (CustomerErased(customer_id="cus_8", erased_at=NOW, erased_by="olga"), "cus_8"),
        (Rang(NOW), None),
        (Add(amount=1), None),
        ({"customer_id": "cus_9"}, None),
    ],
    ids=["by its addressee", "by name", "a timer names nobody", "a command names nobody", "plain data names nobody"],
)
def test_a_message_names_the_customer_whom_it_concerns(message: Any, customer: str | None) -> None:
    assert customer_of(message) == customer
