"""What `redress story --json` prints."""

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a story; what a newer service adds is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Happening(Part):
    """One step in the history of a complaint."""

    at: int = Field(description="Business instant, UTC ms.")
    service: str
    what: str = Field(description="The message that was heard.")
    said: list[str] = Field(description="The events that followed from it.")
    why: str
    by: str
    policy: str


class Factor(Part):
    """One reason that added to a score."""

    name: str
    points: int
    words: list[str] = []


class Alert(Part):
    """Why somebody had to hear of it at once."""

    kind: str
    words: list[str] = []


class Judgement(Part):
    """How triage judged, and why."""

    severity: int
    urgency: int
    severity_factors: list[Factor] = []
    urgency_factors: list[Factor] = []
    category: str
    category_words: list[str] = []
    priority: str
    lifted_by: list[str] = []
    alerts: list[Alert] = []


class Promise(Part):
    """One clock of the case."""

    kind: str
    started_at: int
    due_at: int
    level: str
    met_at: int | None = None
    misses: int = 0


class Letter(Part):
    """One notice to the customer."""

    notice_id: str
    kind: str
    round: int
    state: str
    reason: str | None = None
    at: int


class Survey(Part):
    """The survey of one round."""

    round: int
    state: str
    score: int | None = None
    solved: bool | None = None
    answered_at: int | None = None


class Amount(Part):
    """Money in minor units."""

    minor: int
    currency: str


class Offer(Part):
    """The goodwill offer of one round."""

    round: int
    rule: str
    amount: Amount
    state: str
    expires_at: int | None = None


class Deed(Part):
    """One effect on the outside world."""

    service: str
    key: str
    kind: str
    state: str
    attempts: int
    reason: str
    at: int = Field(description="Machine instant of the last change, UTC ms.")


class Now(Part):
    """How the case stands; fields are empty where no case is known."""

    state: str = ""
    reason: str | None = Field(None, description="Why it was rejected.")
    tier: str = ""
    owner: str = ""
    priority: str = ""
    round: int = 1
    channel: str = ""
    language: str = ""
    customer_id: str = ""
    summary: str = ""
    remedy: str | None = None
    received_at: int | None = None
    flags: list[str] = []
    erased_at: int | None = Field(None, description="When the customer was erased.")


class Story(Part):
    """`redress story`."""

    complaint_id: str
    now: Now
    judgement: Judgement | None
    happenings: list[Happening]
    promises: list[Promise]
    letters: list[Letter]
    surveys: list[Survey]
    offers: list[Offer]
    effects: list[Deed]
    unreachable: list[str]
