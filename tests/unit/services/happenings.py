"""All that can happen in the town, by name; the number chooses among the variants."""

from collections.abc import Callable

from services.escalation.domain.commands import AddNote, EscalateCase, ReopenCase, ResolveCase, TakeCase
from services.escalation.handlers import escalation
from services.followup.domain.care import Care
from services.followup.domain.commands import AnswerSurvey, RedeemOffer
from services.followup.handlers import followup
from shared.contracts.fields import Money
from shared.contracts.vocabulary import Remedy
from tests.unit.escalation import world as desk
from tests.unit.services.town import Town

COMPLAINTS = ("cmp_1", "cmp_2")
AGENTS = ("olga", "ivan")
HOUR = 3_600_000
WAITS = (1, HOUR, 5 * HOUR, 30 * HOUR, 24 * 20 * HOUR)
ENDS = (("sent", ""), ("failed", "refused"), ("unknown", ""), ("sent", ""))
Happening = Callable[[Town, int], None]


def complaint_of(number: int) -> str:
    return COMPLAINTS[number % len(COMPLAINTS)]


def agent_of(number: int) -> str:
    return AGENTS[number % len(AGENTS)]


def round_of(town: Town, number: int) -> int:
    """Mostly the round that the customer is in, sometimes one before or after."""
    known = town.states.get((Care, complaint_of(number)))
    latest = known.round if isinstance(known, Care) else 1
    return (latest, latest, max(1, latest - 1), latest + 1)[number // 2 % 4]


def register(town: Town, number: int) -> None:
    town.publish(desk.registered(town.now, complaint_id=complaint_of(number)))


def triage(town: Town, number: int) -> None:
    priority, alerts = f"P{number % 4 + 1}", ((), ("injury",), ("legal",))[number % 3]
    town.publish(desk.triaged(priority, town.now, alerts, complaint_id=complaint_of(number), severity=70))


def deliver(town: Town, number: int) -> None:
    for turn in range(number % 5 + 1):
        waiting = sorted(name for name, events in town.topics.items() if events)
        if waiting:
            town.deliver(waiting[(number + turn) % len(waiting)])


def again(town: Town, number: int) -> None:
    """A replay: the same event under the same name."""
    if town.said:
        name, event = town.said[number % len(town.said)]
        town.publish(event, name)


def resaid(town: Town, number: int) -> None:
    """The same fact under another name."""
    if town.said:
        town.publish(town.said[number % len(town.said)][1])


def wait(town: Town, number: int) -> None:
    town.now += WAITS[number % len(WAITS)]
    town.wake()


def wake(town: Town, number: int) -> None:
    """Time goes on to the next instant at which somebody wants to be woken."""
    town.now = max(town.now, min((state.due for state in town.states.values() if state.due), default=town.now))
    town.wake()


def settle(town: Town, number: int) -> None:
    town.settle(number, *ENDS[number % len(ENDS)])


def take(town: Town, number: int) -> None:
    town.ask(escalation, TakeCase(), complaint_of(number), agent_of(number))


def note(town: Town, number: int) -> None:
    town.ask(escalation, AddNote(text="Called the depot."), complaint_of(number), agent_of(number))


def escalate(town: Town, number: int) -> None:
    town.ask(escalation, EscalateCase(reason="Above my limits."), complaint_of(number), agent_of(number))


def resolve(town: Town, number: int) -> None:
    amount = Money(minor=(0, 100_000, 900_000)[number % 3], currency="RUB")
    command = ResolveCase(remedy=Remedy.REFUND, answer="We are sorry.", amount=amount)
    town.ask(escalation, command, complaint_of(number), agent_of(number))


def reopen(town: Town, number: int) -> None:
    town.ask(escalation, ReopenCase(reason="The refund failed."), complaint_of(number), agent_of(number))


def answer(town: Town, number: int) -> None:
    words = ("", "Спасибо, но чайник всё ещё течёт")[number % 2]
    said = AnswerSurvey(round=round_of(town, number), score=number % 5 + 1, solved=number % 4 == 0, words=words)
    town.ask(followup, said, complaint_of(number), "customer")


def redeem(town: Town, number: int) -> None:
    town.ask(followup, RedeemOffer(round=round_of(town, number)), complaint_of(number), agent_of(number))


def erase(town: Town, number: int) -> None:
    town.erase(desk.CUSTOMER)


BY_NAME: dict[str, Happening] = {
    happening.__name__: happening
    for happening in (
        *(register, triage, deliver, again, resaid, wait, wake, settle),
        *(take, note, escalate, resolve, reopen, answer, redeem, erase),
    )
}
