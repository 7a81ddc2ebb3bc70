"""What the verbs that look and act print with `--json`; `schemas.py` names the file of each."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """One printed answer; what a newer service adds is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Arrivals(Shape):
    """Intake's count: submitted = registered + rejected + doubles + parked + in_flight + unaccounted."""

    submitted: int | None = Field(description="Everything that knocked; null while the broker is away.")
    registered: int
    rejected: int
    doubles: int
    parked: int
    dismissed: int = Field(description="Of those parked: given up by a person.")
    in_flight: int | None = Field(description="In the broker, not read yet; null while the broker is away.")
    unaccounted: int | None = Field(description="What the outcomes leave over; must be 0.")
    skipped: int = Field(description="Offsets without a record: control records, compaction.")
    gap: int = Field(description="Records that the log lost before they were read, and nobody has answered for; must be 0.")
    written_off: int = Field(0, description="Lost records that somebody has answered for; in no other term.")


class ServiceCounts(Shape):
    """What one service still has in hand."""

    service: str
    lag: dict[str, int | None] = Field(description="Unsettled records by topic; null while the broker is away.")
    outboxes: int
    announcing: int
    commands: int
    timers: int
    effects: dict[str, int] = Field(description="Effects by state.")
    untold: int
    parked: int
    stopped: bool


class Standing(Shape):
    """Where the registered complaints stand; null where the service was not reached."""

    triaged: dict[str, dict[str, int]] | None = Field(description="Judged complaints by priority, category and language.")
    cases: dict[str, dict[str, int]] | None = Field(description="Cases by state, tier and priority.")
    care: dict[str, dict[str, int]] | None = Field(description="By survey_state, survey_score, offer_state and no_route.")
    not_solved: int | None = Field(description="Survey answers that said so.")
    budgets: list[dict[str, Any]] = Field(description="What each budget of offers has given away, minor units.")


class Counts(Shape):
    """`redress counts`."""

    arrivals: Arrivals | None
    standing: Standing
    services: list[ServiceCounts]
    quiet: bool = Field(description="Whether nothing is under way and everything is accounted for.")
    open: list[str] = Field(description="What is still under way, for people.")
    unreachable: list[str]


class CaseClock(Shape):
    """One promise of a case."""

    kind: str
    due_at: int
    state: str


class CaseRow(Shape):
    """One case; instants in UTC ms."""

    complaint_id: str
    state: str
    tier: str
    owner: str
    priority: str
    round: int
    severity: int
    urgency: int
    category: str
    alerts: list[str]
    channel: str
    language: str
    customer_id: str
    summary: str
    clocks: list[CaseClock]
    due_at: int | None
    attention: list[str]
    received_at: int | None
    opened_at: int | None
    resolved_at: int | None
    closed_at: int | None
    remedy: str | None


class Cases(Shape):
    """`redress cases`."""

    cases: list[CaseRow]
    total: int


class Fault(Shape):
    """One thing wrong with an input."""

    place: str = ""
    field: str
    message: str
    remedy: str = ""


class ParkedRow(Shape):
    """One parked record."""

    service: str
    arrival: str
    reason: str
    topic: str
    at: int
    attempts: int = Field(description="How often it was replayed.")
    state: str = Field(description="parked, replayed or dismissed.")
    outcome: str
    dismissed_by: str
    dismissed_at: int | None
    size: int
    cut: bool
    problems: list[Fault]


class ParkedList(Shape):
    """`redress dlq list`."""

    parked: list[ParkedRow]
    unreachable: list[str]


class ParkedContent(ParkedRow):
    """`redress dlq show`."""

    headers: dict[str, str]
    body: str
    note: str = Field(description="Why it was dismissed.")


class Replay(Shape):
    """One record that was decided again."""

    service: str
    arrival: str
    outcome: str = Field(
        description="registered, rejected, double or done; parked: still wrong, and that was a try; refused: nothing was tried."
    )
    reason: str
    problems: list[Fault]


class Replays(Shape):
    """`redress dlq replay`."""

    replayed: list[Replay]


class Dismissed(Shape):
    """`redress dlq dismiss`."""

    service: str
    arrival: str
    by: str
    at: int


class RejectedRow(Shape):
    """One submission that was not taken as a complaint."""

    complaint_id: str
    reason: str
    channel: str
    language: str
    rejected_at: int
    masked_text: str


class RejectedList(Shape):
    """`redress rejected list`."""

    rejected: list[RejectedRow]


class Admitted(Shape):
    """`redress rejected admit`."""

    complaint_id: str
    state: str


class EffectRow(Shape):
    """One act on the outside world."""

    service: str
    key: str
    kind: str
    agg: str
    state: str
    at: int
    attempts: int
    reason: str


class EffectList(Shape):
    """`redress effects list`."""

    effects: list[EffectRow]
    unreachable: list[str]


class EffectResolved(Shape):
    """`redress effects mark-sent` and `redress effects retry`."""

    service: str
    key: str
    was: str
    decision: str
