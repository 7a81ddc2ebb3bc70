"""Intake's rows that map a sender's id to a complaint and a contact to a customer, and its complaints."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from services.intake.domain.complaint import Complaint
from services.intake.domain.customer import contact_digests
from services.intake.domain.customer_record import Customer, is_before_erasure
from services.intake.domain.fingerprint import fingerprint_of
from services.intake.domain.identity import complaint_id_for, new_customer_id, source_key
from services.intake.domain.known import Known
from services.intake.domain.policy_model import IntakePolicy
from services.intake.domain.receipt import receipt_of
from services.intake.ports import Knock
from shared.contracts.errors import Unprocessable
from shared.contracts.events import Submission
from shared.contracts.kept import Kept
from shared.platform.clock import Clock, machine_ms
from shared.platform.document import Document, Sought
from shared.platform.erasure import Erasure
from shared.platform.processor.item import Item
from shared.platform.steps import step
from shared.platform.store import Store


class Source(Kept):
    """A sender's message id, as an HMAC, and the complaint it became; an orphan of a crash does no harm."""

    collection: ClassVar[str] = "sources"
    complaint_id: str


class ContactRow(Kept):
    """A contact, as an HMAC, and the customer it belongs to."""

    collection: ClassVar[str] = "contacts"
    indexed: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: str
    first: str
    """The complaint by which this contact was met first."""
    erased: str = ""
    """The customer who was known by it before and was erased, if any: their old messages must not become somebody else's."""
    erased_at: int = 0
    """When that was, UTC ms."""


class Preparation:
    """Finds the ids of submissions before they are decided; everything it writes is an idempotent insert."""

    def __init__(self, store: Store, clock: Clock, secret: bytes, policy: IntakePolicy) -> None:
        """`secret` keys every digest that stands for something personal."""
        self.store = store
        self.clock = clock
        self.secret = secret
        self.policy = policy

    async def prepare(self, items: Sequence[Item]) -> None:
        """Give every submission its complaint id and its `Known` facts; other messages are left alone."""
        submissions = [item for item in items if isinstance(item.message, Submission)]
        if not submissions:
            return
        await self._find_complaints(submissions)
        step("after sources")
        customers = await self._find_customers(submissions)
        step("after contacts")
        for item in submissions:
            item.facts = self._known(item, *customers[id(item)])

    async def _find_complaints(self, items: Sequence[Item]) -> None:
        keys = {id(i): source_key(self.secret, i.message.source, i.message.source_id) for i in items}
        found = await self.store.load_many(Source, keys.values())
        missing = [key for key in dict.fromkeys(keys.values()) if key not in found]
        if missing:
            now = self.clock.now()
            rows = [Document(key, Source(complaint_id=complaint_id_for(now, key)), upd=machine_ms()) for key in missing]
            there = await self.store.insert_many(rows, hurried=True)
            found |= {row.id: row for row in rows if row.key not in there}
            if there:
                found |= await self.store.load_many(Source, [key for _, key in there])
        for item in items:
            state = found[keys[id(item)]].state
            item.aggregate = state.complaint_id if isinstance(state, Source) else ""

    async def _find_customers(self, items: Sequence[Item]) -> dict[int, tuple[str, bool, bool]]:
        """Customer id, whether it is new, and whether the complaint belongs to an erased life; by item."""
        digests = {id(i): contact_digests(self.secret, i.message, i.message.source, self.policy) for i in items}
        while True:
            rows = await self._rows({digest for found in digests.values() for digest in found})
            erased = await self._erased(row.customer_id for row in rows.values())
            new: dict[str, ContactRow] = {}
            customers = {id(item): self._customer(item, digests[id(item)], rows, erased, new) for item in items}
            if not new or await self._write(new):
                return customers

    async def _rows(self, digests: Iterable[str]) -> dict[str, ContactRow]:
        found = await self.store.load_many(ContactRow, digests)
        return {key: document.state for key, document in found.items() if isinstance(document.state, ContactRow)}

    async def _erased(self, customers: Iterable[str]) -> dict[str, int]:
        found = await self.store.load_many(Erasure, customers)
        return {key: document.state.at for key, document in found.items() if isinstance(document.state, Erasure)}

    def _customer(
        self,
        item: Item,
        digests: Sequence[str],
        rows: dict[str, ContactRow],
        erased: dict[str, int],
        new: dict[str, ContactRow],
    ) -> tuple[str, bool, bool]:
        """Recognise the customer by the first known contact; the others become theirs too."""
        known = next((rows[digest] for digest in digests if digest in rows), None)
        gone, erased_at = _erased_life(known, erased)
        if gone:
            said = self._received(item.message)
            if is_before_erasure(said, erased_at):
                return gone, False, True
        if known and known.customer_id not in erased:
            row = known
        else:  # met for the first time, or somebody new under the contact of a person who was erased
            new_id = new_customer_id(self.secret, item.aggregate, *digests[:1])
            row = ContactRow(customer_id=new_id, first=item.aggregate, erased=gone, erased_at=erased_at)
        for digest in digests:
            mine = rows.get(digest)
            if mine is None or mine.customer_id in erased:
                rows[digest] = new[digest] = row
        return row.customer_id, row.first == item.aggregate, False

    async def _write(self, new: dict[str, ContactRow]) -> bool:
        """Insert what is absent, replace rows of erased customers; False where others met one of these contacts first."""
        documents = [Document(digest, row, upd=machine_ms()) for digest, row in new.items()]
        there = {key for _, key in await self.store.insert_many(documents, hurried=True)}
        if not there:
            return True
        stale = await self.store.load_many(ContactRow, there)
        erased = await self._erased(d.state.customer_id for d in stale.values() if isinstance(d.state, ContactRow))
        changed = [d for d in stale.values() if isinstance(d.state, ContactRow) and d.state.customer_id in erased]
        for document in changed:
            document.state, document.upd = new[document.id], machine_ms()
        lost = await self.store.save(changed) if changed else set()
        return len(changed) == len(there) and not lost

    def _received(self, submission: Submission) -> int:
        """When it was said; an unreadable instant is the rule's business, not ours."""
        now = self.clock.now()
        try:
            return receipt_of(submission.received_at, now, self.policy, lenient=True).received_at
        except Unprocessable:
            return now

    def _known(self, item: Item, customer_id: str, is_new: bool, erased: bool) -> Known:
        knock = item.facts if isinstance(item.facts, Knock) else None
        return Known(
            complaint_id=item.aggregate,
            customer_id=customer_id,
            fingerprint=fingerprint_of(self.secret, item.message),
            source=item.message.source,
            door=knock.door if knock else "topic",
            is_new_customer=is_new,
            erased=erased,
            lenient_time=knock is None,
        )


def _erased_life(known: ContactRow | None, erased: dict[str, int]) -> tuple[str, int]:
    """The erased customer who is, or was, known by a contact, and the instant of erasure; nobody: empty and 0."""
    if known is None:
        return "", 0
    if known.customer_id in erased:
        return known.customer_id, erased[known.customer_id]
    return known.erased, known.erased_at


class StoredComplaints:
    """The `Complaints` port on the store."""

    def __init__(self, store: Store, secret: bytes) -> None:
        """`secret`: the identity secret."""
        self._store = store
        self._secret = secret

    async def one(self, complaint_id: str) -> Complaint | None:
        """See the port."""
        found = (await self._store.load_many(Complaint, [complaint_id])).get(complaint_id)
        return found.state if found and isinstance(found.state, Complaint) else None

    async def named(self, source: str, source_id: str) -> str | None:
        """See the port."""
        key = source_key(self._secret, source, source_id)
        found = (await self._store.load_many(Source, [key])).get(key)
        return found.state.complaint_id if found and isinstance(found.state, Source) else None

    async def knows_customer(self, customer_id: str) -> bool:
        """See the port."""
        known = await self._store.find(Complaint, Sought({"customer_id": customer_id}, limit=1))
        return bool(known or await self._store.load_many(Customer, [customer_id]))

    async def erased_at(self, customer_id: str) -> int | None:
        """See the port."""
        row = (await self._store.load_many(Customer, [customer_id])).get(customer_id)
        return row.state.erased_at if row and isinstance(row.state, Customer) else None

    async def rejected(self, limit: int, skip: int) -> list[Complaint]:
        """See the port."""
        found = await self._store.find(Complaint, Sought({"state": "rejected"}, "-registered_at", limit, skip))
        return [document.state for document in found if isinstance(document.state, Complaint)]
