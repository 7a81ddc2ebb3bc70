"""Tell a story as a short tale: who complained, how it was judged and why, what happened when, and how it ended."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from deploy.cli.screen import facts, heading, money, table, when, zone
from deploy.cli.shapes_story import Factor, Happening, Judgement, Story
from deploy.cli.words import WORDS, phrase_of, say, term
from deploy.cli.words.tale import PHRASES
from shared.contracts.topics import SERVICES

_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
MACHINES = (*SERVICES, "upstream", "courier")
"""Actors behind which no person stands."""
_TROUBLED = {"missed", "failed", "unknown"}


def tell(screen: Console, story: Story) -> None:
    """The whole tale."""
    screen.print(Text(story.complaint_id, style="bold"))
    screen.print(facts(_now(story)))
    if story.judgement:
        screen.print(heading(say("tale.why", priority=story.judgement.priority)))
        screen.print(facts(_reasons(story.judgement)))
    screen.print(heading(say("tale.happened", zone=zone())))
    _print_happenings(screen, story.happenings)
    for title, rows in (("promises", _promises(story)), ("letters", _letters(story)), ("amends", _amends(story))):
        if rows:
            screen.print(heading(say(f"tale.{title}")))
            screen.print(facts(rows))


def _now(story: Story) -> list[tuple[str, str | Text]]:
    now = story.now
    came = " · ".join(part for part in (when(now.received_at), term(now.channel), term(now.language)) if part)
    rows: list[tuple[str, str | Text]] = [(say("tale.came"), came)]
    if now.customer_id:
        rows.append((say("tale.customer"), now.customer_id))
    if now.erased_at is not None:
        rows.append((say("tale.erased"), Text(say("tale.erased_at", at=when(now.erased_at)), style="yellow")))
    if now.summary:
        rows.append((say("tale.about"), now.summary))
    if now.state:
        held = owner(now.owner) if now.owner else ""
        stands = [term(now.state), term(now.reason or ""), now.priority, term(now.tier), held]
        stands += [say("tale.round", number=now.round)] if now.round > 1 else []
        stands += [say("tale.remedy", remedy=term(now.remedy))] if now.remedy else []
        rows.append((say("tale.stands"), " · ".join(part for part in stands if part)))
    if now.flags:
        rows.append((say("tale.look"), Text(", ".join(term(flag) for flag in now.flags), style="yellow")))
    return rows


def owner(name: str) -> str:
    """Who has a case; a queue is said as such."""
    return say("tale.in_queue") if not name or name.startswith("tier:") else name


def _reasons(judged: Judgement) -> list[tuple[str, str | Text]]:
    rows: list[tuple[str, str | Text]] = [
        (say("tale.severity", score=judged.severity), _sum(judged.severity_factors)),
        (say("tale.urgency", score=judged.urgency), _sum(judged.urgency_factors)),
        (say("tale.category"), term(judged.category) + _because(judged.category_words)),
    ]
    alerts = ", ".join(term(alert.kind) + _because(alert.words) for alert in judged.alerts)
    if alerts:
        rows.append((say("tale.alerts"), Text(alerts, style="red")))
    if judged.lifted_by:
        rows.append((say("tale.lifted"), ", ".join(term(kind) for kind in judged.lifted_by)))
    return rows


def _sum(factors: Sequence[Factor]) -> str:
    return "  ".join(f"{factor.points:+d} {term(factor.name)}{_because(factor.words)}" for factor in factors) or "—"


def _because(words: Sequence[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def _print_happenings(screen: Console, happenings: Sequence[Happening]) -> None:
    if not happenings:
        screen.print(say("tale.nothing"))
        return
    made = table("", "", "")
    made.show_header = False
    for happening in happenings:
        made.add_row(
            Text(when(happening.at, seconds=True), style="dim"), Text(term(who(happening)), style="dim"), sentence(happening)
        )
    screen.print(made)


def who(happening: Happening) -> str:
    """Who did it: a person, a customer or a timer by name, else the service that took the step."""
    return happening.service if happening.by in MACHINES else happening.by


def sentence(happening: Happening) -> Text:
    """What happened, in words, with the reason."""
    said = [say(f"said.{name}") for name in dict.fromkeys(happening.said) if f"said.{name}" in WORDS]
    text = Text(" ".join(said) or _heard(happening))
    tells_nothing = happening.why in (", ".join(happening.said), "registered")
    why = "" if tells_nothing else retold(happening.why)
    return text.append(f" ({why})", style="dim") if why else text


def _heard(happening: Happening) -> str:
    """A step that said nothing to others."""
    for key in (f"heard.{happening.service}.{happening.what}", f"heard.{happening.what}"):
        if key in WORDS:
            return say(key)
    return say("heard.other", what=happening.what)


def retold(why: str) -> str:
    """A reason of the history, its terms in the language of the reader."""
    for phrase in PHRASES:
        why = why.replace(phrase, f"\0{phrase}\0")
    parts = why.split("\0")
    told = [phrase_of(part) if place % 2 else _WORD.sub(lambda found: term(found[0]), part) for place, part in enumerate(parts)]
    return "".join(told).replace("->", "→")


def _promises(story: Story) -> list[tuple[str, str | Text]]:
    rows: list[tuple[str, str | Text]] = []
    for promise in story.promises:
        text = say("tale.promise", due=when(promise.due_at), level=term(promise.level))
        met = say("tale.met", at=when(promise.met_at)) if promise.met_at else ""
        rows.append((term(promise.kind), Text(text + met, style="red" if promise.level in _TROUBLED else "")))
    return rows


def _letters(story: Story) -> list[tuple[str, str | Text]]:
    """Letters as followup planned them, with what became of the mail."""
    states = {deed.key: deed for deed in story.effects}
    rows: list[tuple[str, str | Text]] = []
    for letter in story.letters:
        deed = states.get(letter.notice_id)
        state = deed.state if deed and letter.state == "planned" else letter.state
        text = f"{term(state)} · {when(letter.at)}" + (f" · {term(letter.reason)}" if letter.reason else "")
        rows.append((term(letter.kind), Text(text, style="red" if state in _TROUBLED else "")))
    return rows


def _amends(story: Story) -> list[tuple[str, str | Text]]:
    rows: list[tuple[str, str | Text]] = []
    for survey in story.surveys:
        text = term(survey.state)
        if survey.score is not None:
            text += say("tale.score", score=survey.score, solved=say("tale.solved" if survey.solved else "tale.unsolved"))
        rows.append((say("tale.survey"), text))
    for offer in story.offers:
        until = say("tale.until", at=when(offer.expires_at)) if offer.expires_at else ""
        amount = money(offer.amount.minor, offer.amount.currency)
        rows.append((say("tale.offer"), f"{amount} · {term(offer.state)}{until} · {offer.rule}"))
    return rows
