"""What of a submission is sealed: every word and every contact."""

import json
from typing import Any, NamedTuple

from services.intake.domain.customer import Contacts
from services.intake.domain.known import Known
from shared.contracts.events import Submission
from shared.contracts.fields import SealedContact
from shared.contracts.sealed import Sealed
from shared.text.cleaning import clean

_ELSEWHERE = set(Submission.model_fields) - {"order", "in_reply_to"} | {"channel"}
"""Fields that are sealed or kept by themselves."""


class SealedParts(NamedTuple):
    """The parts of a submission that only intake's vault can read."""

    text: Sealed | None
    subject: Sealed | None
    details: Sealed | None
    name: Sealed | None
    contacts: tuple[SealedContact, ...]

    @property
    def all(self) -> list[Sealed]:
        """Everything the platform has to seal before it saves."""
        single = (self.text, self.subject, self.details, self.name)
        return [part for part in single if part] + [contact.address for contact in self.contacts]


def sealed_parts(submission: Submission, subject: str, text: str, contacts: Contacts, known: Known) -> SealedParts:
    """The cleaned text and subject, the name, each contact, and one JSON of all the rest."""

    def sealed(plain: str) -> Sealed | None:
        return Sealed(known.customer_id, plain=plain) if plain else None

    details = _details(submission)
    return SealedParts(
        text=sealed(text),
        subject=sealed(subject),
        details=sealed(json.dumps(details, ensure_ascii=False) if details else ""),
        name=sealed(clean(submission.customer.name or "").text.strip()),
        contacts=tuple(
            SealedContact(kind=contact.kind, address=Sealed(known.customer_id, plain=contact.address))
            for contact in contacts.readable
        ),
    )


def _details(submission: Submission) -> dict[str, Any]:
    details = submission.model_dump(mode="json", exclude=_ELSEWHERE, exclude_defaults=True)
    if submission.customer.id:
        details["customer_id"] = submission.customer.id
    if submission.attachments:
        details["attachments"] = [{"name": one.name, "url": one.url} for one in submission.attachments]
    return details
