"""What intake looks up and seals, written as plainly as a bare loop would: same ids, same rows, same pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.intake.domain.customer import contact_digests
from services.intake.domain.fingerprint import fingerprint_of
from services.intake.domain.identity import complaint_id_for, new_customer_id, source_key
from services.intake.domain.known import Known
from services.intake.domain.policy_model import IntakePolicy
from services.intake.store import ContactRow, Source
from services.intake.upstream import read_submission
from services.intake.vault import CustomerKey
from shared.contracts.events import Submission
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.platform.clock import machine_ms
from shared.platform.crypto import MasterKey, encrypt, new_key, unwrap, wrap

SECRET = b"i" * 32
MASTER = MasterKey(b"m" * 32)
Rows = dict[tuple[type[Kept], str], Kept]


@dataclass(slots=True)
class Arrived:
    """A submission with what was looked up of it."""

    message: Submission
    aggregate: str
    known: Known


class BareIntake:
    """Gives submissions their ids and texts their tokens; the caller loads and writes the rows."""

    def __init__(self, policy: IntakePolicy) -> None:
        self.policy = policy
        self.keys: dict[str, bytes] = {}

    def known_to_nobody(self, body: bytes) -> Arrived:
        """A submission that nobody has met, nor its customer."""
        message = read_submission(body)
        return self.known(message, {}, {})

    def sources_of(self, message: Submission) -> str:
        """The name of the row that maps its source id."""
        return source_key(SECRET, message.source or "", message.source_id)

    def contacts_of(self, message: Submission) -> tuple[str, ...]:
        """The names of the rows that recognise its customer."""
        return contact_digests(SECRET, message, message.source or "", self.policy)

    def known(self, message: Submission, stored: Rows, new: Rows) -> Arrived:
        """Its ids from the rows that are stored, else made now and put among the new ones."""
        key, digests = self.sources_of(message), self.contacts_of(message)
        source = stored.get((Source, key)) or new.get((Source, key))
        if not isinstance(source, Source):
            source = new[Source, key] = Source(complaint_id=complaint_id_for(machine_ms(), key))
        rows = [stored.get((ContactRow, name)) or new.get((ContactRow, name)) for name in digests]
        row = next((row for row in rows if isinstance(row, ContactRow)), None)
        if row is None:
            customer_id = new_customer_id(SECRET, source.complaint_id, *digests[:1])
            row = ContactRow(customer_id=customer_id, first=source.complaint_id)
        for name, there in zip(digests, rows, strict=True):
            if there is None:
                new[ContactRow, name] = row
        known = Known(
            complaint_id=source.complaint_id,
            customer_id=row.customer_id,
            fingerprint=fingerprint_of(SECRET, message),
            source=message.source or "",
            door="topic",
            is_new_customer=row.first == source.complaint_id,
            lenient_time=True,
        )
        return Arrived(message, source.complaint_id, known)

    def learn(self, stored: Rows) -> None:
        """Unwrap the keys that were loaded."""
        for (kept, customer), row in stored.items():
            if kept is CustomerKey and isinstance(row, CustomerKey):
                self.keys[customer] = unwrap((MASTER,), customer, row.wrapped)

    def seal(self, texts: Iterable[Sealed]) -> Rows:
        """Give every text its token; the rows of the keys that were made for it."""
        made: Rows = {}
        for text in texts:
            if text.token is None and text.plain is not None:
                key = self.keys.get(text.customer_id)
                if key is None:
                    key = self.keys[text.customer_id] = new_key()
                    made[CustomerKey, text.customer_id] = CustomerKey(
                        wrapped=wrap(MASTER, text.customer_id, key), created_at=machine_ms()
                    )
                text.token, text.plain = encrypt(key, text.customer_id, text.plain), None
        return made
