"""How the demo's simulated people act: agents work their cases, customers answer surveys; pure, and the same for a seed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from deploy.sample.book import Tongue
from deploy.sample.chance import Chance
from deploy.sample.script import answer_for, line, script

HOUR_MS = 3_600_000
_PROMISE_MS = {"P1": 8 * HOUR_MS, "P2": 24 * HOUR_MS, "P3": 72 * HOUR_MS}
"""Assumed time to resolve where the case shows no deadline; five days for the rest."""
_PACE = {"P1": 0.3, "P2": 0.36, "P3": 0.45, "P4": 0.45}
"""The share of the promised time that half of the cases need."""
AGENTS = ("irina", "maxim", "leyla", "oleg", "grace", "tom", "nadia", "samuel")
_FORGOTTEN = 0.04
_ANSWERS = 0.55
_SCORES = {
    "kept": (3, 7, 15, 30, 45),
    "hard": (6, 10, 18, 28, 38),
    "missed": (10, 17, 28, 25, 20),
    "unsolved": (60, 30, 10, 0, 0),
}
"""Weights of the scores 1 to 5."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the play remembers of one case in one round: since when it runs, what was promised, how far its agents are."""

    round: int
    began_at: int
    promised_at: int | None
    done: int = 0

    def after(self, action: Mapping[str, Any]) -> "Sight":
        """The sight once an action was carried out; taking a case is seen in its owner."""
        return self if action["do"] == "take" else replace(self, done=self.done + 1)


def seen(case: Mapping[str, Any], now_ms: int, before: Sight | None = None) -> Sight:
    """The sight of a case as the REST API lists it; a new round starts a new one."""
    round_ = int(case.get("round") or 1)
    if before is not None and before.round == round_:
        return before
    began = int(case.get("opened_at") or now_ms) if round_ == 1 else now_ms
    return Sight(round_, began, case.get("due_at"))


def agent_action(case: Mapping[str, Any], now_ms: int, chance: Chance, sight: Sight | None = None) -> dict[str, Any] | None:
    """What an agent does with a case by now: take, note, escalate or resolve; None to leave it.

    One action a call: carry it out, keep `sight.after(action)`, and ask again.
    """
    sight = sight or seen(case, now_ms)
    if case.get("state") != "open":
        return None
    agent = _agent(case, chance, sight)
    if _unowned(case):
        return {"do": "take", "agent": agent} if now_ms >= _take_at(case, chance, sight) else None
    plan = _plan(case, chance, sight)
    if sight.done >= len(plan) or now_ms < plan[sight.done][0]:
        return None
    return _action(plan[sight.done][1], case, agent, chance, sight)


def customer_answer(case: Mapping[str, Any], chance: Chance, kept: bool = True) -> dict[str, Any] | None:
    """Whether and how a customer answers the survey of a round: score 1 to 5, solved, words, `delay_ms`; None for silence."""
    round_ = int(case.get("round") or 1)
    roll = chance.of(round_, "survey")
    if roll.random() >= _ANSWERS:
        return None
    solved = roll.random() >= (0.08 if round_ > 1 else 0.11 if kept else 0.22)
    mood = "unsolved" if not solved else "missed" if not kept else "hard" if case.get("priority") == "P1" else "kept"
    score = roll.choices((1, 2, 3, 4, 5), _SCORES[mood])[0]
    tone = "unsolved" if not solved else "glad" if score > 3 else "so_so" if score == 3 else "bitter"
    talks = roll.random() < (0.85 if not solved else 0.6)
    words = line(script().words[_tongue(case)][tone], roll) if talks else ""
    delay = min(5 * 24.0, roll.lognormvariate(math.log(5), 0.9))
    return {"score": score, "solved": solved, "words": words, "delay_ms": int(delay * HOUR_MS)}


def _agent(case: Mapping[str, Any], chance: Chance, sight: Sight) -> str:
    return chance.of(sight.round, f"agent:{case.get('tier')}").choice(AGENTS)


def _unowned(case: Mapping[str, Any]) -> bool:
    owner = case.get("owner") or ""
    return not owner or str(owner).startswith("tier:")


def _resolve_ms(case: Mapping[str, Any], chance: Chance, sight: Sight) -> int:
    """How long the agents need, in all; about one case in ten longer than was promised."""
    priority = str(case.get("priority"))
    promise = (sight.promised_at or 0) - sight.began_at
    if promise < HOUR_MS:
        promise = _PROMISE_MS.get(priority, 120 * HOUR_MS)
    roll = chance.of(sight.round, "pace")
    share = roll.lognormvariate(math.log(_PACE.get(priority, 0.45)), 0.6)
    if roll.random() < _FORGOTTEN:
        share = 1.3 + share
    return int(min(share, 3.0) * promise)


def _take_at(case: Mapping[str, Any], chance: Chance, sight: Sight) -> int:
    ready = chance.of(sight.round, "take").uniform(0.05, 0.3) * _resolve_ms(case, chance, sight)
    return sight.began_at + int(min(ready, 6 * HOUR_MS))


def _plan(case: Mapping[str, Any], chance: Chance, sight: Sight) -> list[tuple[int, str]]:
    """Instants and steps of the round, in order; the last one resolves."""
    span = _resolve_ms(case, chance, sight)
    roll = chance.of(sight.round, "plan")
    steps = [(roll.uniform(0.3, 0.6), "note")] if roll.random() < 0.35 else []
    if sight.round == 1 and roll.random() < (0.12 if case.get("priority") in ("P1", "P2") else 0.06):
        steps.append((roll.uniform(0.6, 0.8), "escalate"))
    plan = [(sight.began_at + int(share * span), step) for share, step in steps]
    return [*plan, (_in_office_hours(sight.began_at + span, case), "resolve")]


def _in_office_hours(at: int, case: Mapping[str, Any]) -> int:
    """P1 and P2 are answered at any hour, the rest between 6 and 18 UTC."""
    hour = at // HOUR_MS % 24
    if case.get("priority") in ("P1", "P2") or 6 <= hour < 18:
        return at
    return at + (6 - hour) % 24 * HOUR_MS


def _action(step: str, case: Mapping[str, Any], agent: str, chance: Chance, sight: Sight) -> dict[str, Any]:
    roll, tongue = chance.of(sight.round, step), _tongue(case)
    if step == "note":
        return {"do": "note", "agent": agent, "text": line(script().notes[tongue], roll)}
    if step == "escalate":
        return {"do": "escalate", "agent": agent, "reason": line(script().reasons[tongue], roll)}
    remedy, answer = answer_for(str(case.get("category")), tongue, roll)
    return {"do": "resolve", "agent": agent, "remedy": remedy.value, "answer": answer}


def _tongue(case: Mapping[str, Any]) -> Tongue:
    return "ru" if case.get("language") == "ru" else "en"
