"""How does a promise run? Started, warned, missed or kept; its instants stay as the policy of its start set them."""

from pydantic import BaseModel, ConfigDict

from services.escalation.domain.calendar import Calendar
from services.escalation.domain.durations import Duration
from services.escalation.domain.policy_model import ClockPolicy
from shared.contracts.fields import Clock
from shared.contracts.vocabulary import ClockKind, Word


class Level(Word):
    """How a clock stands."""

    RUNNING = "running"
    WARNED = "warned"
    MISSED = "missed"
    KEPT = "kept"
    STOPPED = "stopped"
    OTHER = "other"


class CaseClock(BaseModel):
    """One promise of a case; instants are UTC ms."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: ClockKind
    started_at: int
    due_at: int
    warn_at: int
    """Equal to `due_at` where no warning is due."""
    level: Level = Level.RUNNING
    met_at: int | None = None
    """When the promise was fulfilled, in time or not."""
    misses: int = 0
    """How often it ran out in this go; a new start after a miss counts on."""
    policy: str = ""
    """Hash of the policy that set its instants."""

    @property
    def runs(self) -> bool:
        """Whether it can still be kept or missed."""
        return self.level is Level.RUNNING or self.level is Level.WARNED

    @property
    def next_at(self) -> int | None:
        """The next instant at which it rings."""
        if self.level is Level.RUNNING:
            return self.warn_at
        return self.due_at if self.level is Level.WARNED else None

    @property
    def said(self) -> Clock:
        """The clock as events tell it."""
        return Clock(kind=self.kind, due_at=self.due_at, warn_at=self.warn_at)


def start(kind: ClockKind, at: int, rule: ClockPolicy, calendar: Calendar, policy: str) -> CaseClock:
    """A clock that runs from an instant."""
    due_at, warn_at = _instants(at, rule.within, rule, calendar)
    return CaseClock(kind=kind, started_at=at, due_at=due_at, warn_at=warn_at, policy=policy)


def restart(clock: CaseClock, at: int, rule: ClockPolicy, calendar: Calendar, policy: str) -> CaseClock:
    """A missed clock that gets another go; its misses are remembered."""
    due_at, warn_at = _instants(at, rule.after_miss or rule.within, rule, calendar)
    return _but(clock, started_at=at, due_at=due_at, warn_at=warn_at, level=Level.RUNNING, policy=policy)


def adjusted(clock: CaseClock, rule: ClockPolicy, calendar: Calendar, policy: str, raised: bool) -> CaseClock:
    """A running clock under another priority, counted from its start; a raised priority never makes it later."""
    if not clock.runs:
        return clock
    due_at, warn_at = _instants(clock.started_at, rule.within, rule, calendar)
    if raised and due_at >= clock.due_at:
        return clock
    if due_at == clock.due_at and warn_at == clock.warn_at:
        return clock
    return _but(clock, due_at=due_at, warn_at=warn_at, level=Level.RUNNING, policy=policy)


def warned(clock: CaseClock) -> CaseClock:
    """The owner knows that it will run out soon."""
    return _but(clock, level=Level.WARNED)


def missed(clock: CaseClock) -> CaseClock:
    """It ran out."""
    return _but(clock, level=Level.MISSED, misses=clock.misses + 1)


def met(clock: CaseClock, at: int) -> CaseClock:
    """The promise was fulfilled: kept if in time, missed if later; a miss that was announced stays one."""
    if clock.met_at is not None:
        return clock
    if clock.level is not Level.MISSED:
        clock = _but(clock, level=Level.KEPT) if at <= clock.due_at else missed(clock)
    return _but(clock, met_at=at)


def stopped(clock: CaseClock) -> CaseClock:
    """It cannot be kept any more, and a person was told: it rings no longer."""
    return _but(clock, level=Level.STOPPED) if clock.runs else clock


def _instants(at: int, length: Duration, rule: ClockPolicy, calendar: Calendar) -> tuple[int, int]:
    due_at = calendar.after(at, length)
    warn_at = calendar.before(due_at, rule.warn_before) if rule.warn_before else due_at
    return due_at, warn_at if warn_at > at else due_at


def _but(clock: CaseClock, **changes: object) -> CaseClock:
    return clock.model_copy(update=changes)
