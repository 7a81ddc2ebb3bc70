"""Valid values by default; a test says only what matters to it."""

from typing import Any

from shared.contracts.events import ComplaintRegistered
from shared.contracts.fields import Addressee, SealedContact
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import Channel, ContactKind, Language

NOW = 1_790_000_000_000
"""A business instant: 2026-09-21T14:13:20Z, a Monday."""


def an_addressee(**said: Any) -> Addressee:
    """A customer with one e-mail address."""
    customer = said.pop("customer_id", "cus_1")
    contact = SealedContact(kind=ContactKind.EMAIL, address=Sealed(customer, token=f"v1.{customer}.c2VhbGVk"))
    return Addressee(**{"customer_id": customer, "language": Language.EN, "channel": Channel.WEB, "contacts": (contact,)} | said)


def a_registered(complaint_id: str = "cmp_1", **said: Any) -> ComplaintRegistered:
    """A registered complaint."""
    values: dict[str, Any] = {
        "complaint_id": complaint_id,
        "source": "web",
        "addressee": an_addressee(),
        "received_at": NOW,
        "registered_at": NOW,
        "masked_text": "The kettle leaks.",
    }
    return ComplaintRegistered(**values | said)
