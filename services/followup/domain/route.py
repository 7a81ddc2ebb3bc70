"""How a letter reaches its customer."""

from shared.contracts.fields import Addressee, SealedContact
from shared.contracts.vocabulary import ContactKind


def route_of(addressee: Addressee | None) -> SealedContact | None:
    """The first e-mail address the customer gave; None where we know no way that the courier can go."""
    contacts = addressee.contacts if addressee else ()
    return next((contact for contact in contacts if contact.kind is ContactKind.EMAIL and contact.address.token), None)
