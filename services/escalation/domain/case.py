"""What is known of a case? The one state that escalation keeps; everything that may happen to it lies in the files beside."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from services.escalation.domain.clocks import CaseClock
from shared.contracts.fields import Addressee, Money
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import AlertKind, CaseState, Category, Channel, ClockKind, Language, Priority, Remedy, Word


class Attention(Word):
    """Why a person should look at a case beside its clocks: the visible task."""

    UNTRIAGED = "untriaged"
    NO_ROUTE = "no_route"
    NOTICE_FAILED = "notice_failed"
    REOPENING_LIMIT = "reopening_limit"
    OTHER = "other"


class NoteKind(Word):
    """What somebody wrote a note for."""

    NOTE = "note"
    ESCALATION = "escalation"
    REOPENING = "reopening"
    CUSTOMER = "customer"
    OTHER = "other"


class Note(BaseModel):
    """Words about a case; sealed, and gone once the customer is erased."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: NoteKind
    by: str
    at: int
    text: Sealed | None


class Case(Kept):
    """A complaint on its way to an answer; a stub until its `ComplaintRegistered` was heard."""

    collection: ClassVar[str] = "cases"
    indexed: ClassVar[tuple[str, ...]] = (
        *("state", "tier", "priority", "owner", "channel", "language", "category", "customer_id"),
        *("opened_at", "due_at", "closed_at", "severity", "attention", "registered", "acknowledge"),
    )

    complaint_id: str
    customer_id: str
    registered: bool = False
    """False for a stub: another topic was faster, nothing runs and nothing is said yet."""
    state: CaseState = CaseState.OPEN
    tier: str = ""
    owner: str = ""
    """`tier:<name>` while it waits in a queue, else the actor who took it."""
    priority: Priority = Priority.OTHER
    round: int = 1
    """Raised by every reopening and every clock that starts again: timers and letters are keyed by it."""
    addressee: Addressee
    summary: str = ""
    """Masked subject or beginning of the masked text, for lists."""
    country: str | None = None
    product: str | None = None
    is_public: bool = False
    in_reply_to: str | None = None

    severity: int = 0
    urgency: int = 0
    category: Category = Category.OTHER
    alerts: tuple[AlertKind, ...] = ()

    clocks: tuple[CaseClock, ...] = ()
    """At most one of each kind."""
    flags: tuple[Attention, ...] = ()
    notes: tuple[Note, ...] = ()
    remedy: Remedy | None = None
    """The latest remedy; stays readable when the case is reopened, as do answer and amount."""
    amount: Money | None = None
    answer: Sealed | None = None
    reopenings: int = 0
    escalations: int = 0
    """How often it climbed after triage had routed it."""
    customer_reopenings: int = 0
    erased: bool = False

    received_at: int | None = None
    opened_at: int | None = None
    triaged_at: int | None = None
    acknowledged_at: int | None = None
    acknowledgement_failed_at: int | None = None
    escalated_at: int | None = None
    resolved_at: int | None = None
    resolved_by: str | None = None
    closed_at: int | None = None
    untriaged_at: int | None = None
    """When it counts as untriaged; None once triage has spoken or that instant has passed."""
    close_at: int | None = None
    """When a resolved case closes by itself."""
    policy: str = ""
    """Hash of the policy of the latest step."""

    @property
    def channel(self) -> Channel:
        """How the complaint came."""
        return self.addressee.channel

    @property
    def language(self) -> Language:
        """The customer's language."""
        return self.addressee.language

    @property
    def attention(self) -> int:
        """How many flags wait for a person."""
        return len(self.flags)

    @property
    def acknowledge(self) -> str | None:
        """How the promise to acknowledge stands."""
        clock = self.clock(ClockKind.ACKNOWLEDGE)
        return str(clock.level) if clock else None

    @property
    def due_at(self) -> int | None:
        """The soonest promise that still runs; None where none does."""
        running = [clock.due_at for clock in self.clocks if clock.runs] if self.state is CaseState.OPEN else ()
        return min(running, default=None)

    @property
    def due(self) -> int | None:
        """The next instant at which something happens by itself: warning, miss, untriaged, or closing."""
        if self.state is CaseState.RESOLVED:
            return self.close_at
        if self.state is not CaseState.OPEN:
            return None
        instants = [at for clock in self.clocks if (at := clock.next_at) is not None]
        if self.untriaged_at is not None:
            instants.append(self.untriaged_at)
        return min(instants, default=None)

    def index(self) -> dict[str, str | int | None]:
        """As declared; the truth of `registered` as 0 or 1."""
        return super().index() | {"registered": int(self.registered)}

    def clock(self, kind: ClockKind) -> CaseClock | None:
        """The clock of a kind."""
        return next((clock for clock in self.clocks if clock.kind is kind), None)

    def but(self, **changes: Any) -> Self:
        """The same case with other values; fields that a newer version wrote are carried along."""
        return self.model_copy(update=changes)

    def with_clock(self, clock: CaseClock) -> Self:
        """The same case with this clock in the place of the one of its kind."""
        return self.but(clocks=(*(other for other in self.clocks if other.kind is not clock.kind), clock))

    def flagged(self, flag: Attention) -> Self:
        """The same case with a task for a person, once."""
        return self if flag in self.flags else self.but(flags=(*self.flags, flag))

    def unflagged(self, *flags: Attention) -> Self:
        """The same case without these tasks."""
        return self.but(flags=tuple(flag for flag in self.flags if flag not in flags)) if self.flags else self

    def forgotten(self) -> Self:
        """The same case without name, contacts, words and answer, and deaf to new ones."""
        nobody = self.addressee.model_copy(update={"contacts": (), "name": None})
        notes = tuple(note.model_copy(update={"text": None}) for note in self.notes)
        return self.but(addressee=nobody, notes=notes, answer=None, summary="", erased=True)
