"""Who complains: contacts that can be reached, and digests that recognise the same person again."""

from collections.abc import Iterable
from typing import NamedTuple

from services.intake.domain.contacts import Contact, email_contact, handle_contact, phone_contact, region_of
from services.intake.domain.policy_model import IntakePolicy
from shared.contracts.events import Submission
from shared.contracts.identity import keyed_digest
from shared.contracts.vocabulary import ContactKind

_ORDER = tuple(ContactKind)
_MOST = 22


class Contacts(NamedTuple):
    """The contacts of a submission: e-mail first, then phone, chat, social, other."""

    readable: tuple[Contact, ...]
    is_any_unreadable: bool


def contacts_of(submission: Submission, source: str, policy: IntakePolicy) -> Contacts:
    """All ways to reach the customer, once each; what cannot be read is kept as `other` for people to look at."""
    region = region_of(submission.country, policy.default_region)
    network = str(getattr(submission, "platform", None) or getattr(submission, "network", None) or source)
    found: dict[str, Contact] = {}
    unreadable = False
    for kind, value in _given(submission):
        contact = _read(kind, value, region, network, policy)
        if contact is None:
            unreadable = True
            contact = Contact(ContactKind.OTHER, value.strip())
        found.setdefault(contact.key or contact.address, contact)
    ordered = sorted(found.values(), key=lambda contact: _ORDER.index(contact.kind))
    return Contacts(tuple(ordered[:_MOST]), unreadable)


def contact_digests(secret: bytes, submission: Submission, source: str, policy: IntakePolicy) -> tuple[str, ...]:
    """What the customer is recognised by, surest first: the sender's own id, then the contacts; empty when anonymous."""
    own = (submission.customer.id or "").strip()
    keys = [f"id:{len(source)}:{source}:{own}"] if own else []
    keys += [contact.key for contact in contacts_of(submission, source, policy).readable if contact.key]
    return tuple(keyed_digest(secret, "contact", key) for key in keys)


def _given(submission: Submission) -> Iterable[tuple[ContactKind, str]]:
    customer = submission.customer
    pairs = [(ContactKind.EMAIL, customer.email), (ContactKind.PHONE, customer.phone)]
    pairs += [(ContactKind(contact.kind.strip().lower()), contact.value) for contact in customer.contacts]
    return ((kind, value) for kind, value in pairs if value and value.strip())


def _read(kind: ContactKind, value: str, region: str, network: str, policy: IntakePolicy) -> Contact | None:
    if kind is ContactKind.EMAIL:
        return email_contact(value, policy.no_reply)
    if kind is ContactKind.PHONE:
        return phone_contact(value, region)
    return handle_contact(kind, value, network)
