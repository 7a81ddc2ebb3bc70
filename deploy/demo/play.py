"""The play itself: time moves in hours, complaints arrive, agents work, customers answer."""

import asyncio
import email
import email.policy
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.api import Api
from deploy.sample.behaviour import Sight, agent_action, customer_answer, seen
from deploy.sample.chance import Chance, seeded

HOUR_MS = 3_600_000
ARRIVAL_HOURS = 96
"""Complaints arrive within the first four simulated days."""
LONGEST_HOURS = 24 * 45
SURVEY_LINK = re.compile(r"/s/([\w.\-]+)")


@dataclass
class Progress:
    """How far the play is."""

    hour: int = 0
    submitted: int = 0
    total: int = 0
    open: int = 0
    resolved: int = 0
    escalated: int = 0
    letters: int = 0
    answered: int = 0


@dataclass
class Play:
    """One run; everything random depends on the seed and the complaint's place in the sample only."""

    api: Api
    payloads: Sequence[dict[str, Any]]
    seed: int
    start: int
    mail: Path
    show: Callable[[Progress], None]
    step_hours: int = 1
    """How far time moves at once while complaints arrive; twice as far afterwards."""
    progress: Progress = field(default_factory=Progress)
    _chances: dict[str, Chance] = field(default_factory=dict)
    _sights: dict[str, Sight] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)
    _answers: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    async def run(self) -> None:
        """Play until every case is over and nothing is left to say."""
        schedule = self._schedule()
        self.progress.total = len(self.payloads)
        while self.progress.hour <= LONGEST_HOURS:
            now = self.start + self.progress.hour * HOUR_MS
            await self.api.move_clock(now)
            await self._arrive(schedule.pop(self.progress.hour, []), now)
            await self.api.quiet()
            moved = await self._work(now)
            moved += await self._customers(now)
            if moved:
                await self.api.quiet()
            self.show(self.progress)
            if self.progress.open or schedule or self._answers:
                self.progress.hour += self.step_hours * (1 if self.progress.hour < ARRIVAL_HOURS else 2)
            elif await self._waiting_to_close():
                self.progress.hour += 12
            else:
                return

    async def _waiting_to_close(self) -> int:
        """Answered cases that may still be reopened."""
        standing = await self.api.get("escalation", "/v1/cases/standing")
        return int(standing["state"].get("resolved", 0))

    def _schedule(self) -> dict[int, list[dict[str, Any]]]:
        """Which complaints arrive in which hour: in sending order, more of them by day."""
        roll = seeded(self.seed, "arrivals")
        hours = [hour for hour in range(ARRIVAL_HOURS) for _ in range(4 if 7 <= hour % 24 < 20 else 1)]
        chosen = sorted(roll.choices(hours, k=len(self.payloads)))
        schedule: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for hour, payload in zip(chosen, self.payloads, strict=True):
            schedule[hour - hour % self.step_hours].append(payload)
        return dict(schedule)

    async def _arrive(self, payloads: list[dict[str, Any]], now: int) -> None:
        if payloads:
            await self.api.submit(payloads, now)
            self.progress.submitted += len(payloads)

    async def _chance(self, complaint_id: str) -> Chance:
        """The luck of a case: by its place in the sample, which is the same in every run."""
        if complaint_id not in self._chances:
            await self._learn()
        return self._chances[complaint_id]

    async def _learn(self) -> None:
        """Find the complaint of every message that was sent by now."""
        known = {chance.key for chance in self._chances.values()}
        for place, payload in enumerate(self.payloads[: self.progress.submitted]):
            if str(place) in known:
                continue
            where = {"source": payload["source"], "source_id": payload["source_id"]}
            answer = await self.api.client.get(f"{self.api.urls['intake']}/internal/v1/resolve", params=where)
            if answer.status_code == 200:
                self._chances.setdefault(answer.json()["complaint_id"], Chance(self.seed, str(place)))

    async def _work(self, now: int) -> int:
        """Every agent looks at the open cases; returns how many steps were taken."""
        cases = await self.api.cases(state="open")
        self.progress.open = len(cases)
        done = await asyncio.gather(*(self._look_after(case, now) for case in cases))
        return sum(done)

    async def _look_after(self, case: dict[str, Any], now: int) -> int:
        name, steps = case["complaint_id"], 0
        chance = await self._chance(name)
        sight = seen(case, now, self._sights.get(name))
        while action := agent_action(case, now, chance, sight):
            await self._carry_out(name, action)
            sight, steps = sight.after(action), steps + 1
            case = await self.api.get("escalation", f"/v1/cases/{name}")
        self._sights[name] = sight
        return steps

    async def _carry_out(self, name: str, action: dict[str, Any]) -> None:
        body = {
            "take": {},
            "note": {"text": action.get("text")},
            "escalate": {"reason": action.get("reason")},
            "resolve": {"remedy": action.get("remedy"), "answer": action.get("answer")},
        }[action["do"]]
        verb = {"note": "notes"}.get(action["do"], action["do"])
        answer = await self.api.post("escalation", f"/v1/cases/{name}/{verb}", body, action["agent"])
        if answer.status_code == 409:  # e.g. the top of the ladder: the agent sees it and goes on
            return
        answer.raise_for_status()
        self.progress.resolved += action["do"] == "resolve"
        self.progress.escalated += action["do"] == "escalate"

    async def _customers(self, now: int) -> int:
        """Customers read their letters, and answer surveys when they get round to it."""
        await self._read_letters(now)
        due = [answer for answer in self._answers if answer[0] <= now]
        self._answers = [answer for answer in self._answers if answer[0] > now]
        for _, token, words in due:
            answer = await self.api.client.post(
                f"{self.api.urls['followup']}/v1/surveys/{token}", json={k: words[k] for k in ("score", "solved", "words")}
            )
            self.progress.answered += answer.status_code == 204
        return len(due)

    async def _read_letters(self, now: int) -> None:
        letters = [path for path in self.mail.glob("*.eml") if path.name not in self._read] if self.mail.exists() else []
        for path in sorted(letters):
            self._read.add(path.name)
            text = email.message_from_bytes(path.read_bytes(), policy=email.policy.default).get_content()
            found = SURVEY_LINK.search(text)
            if found:
                await self._consider(found.group(1), now)
        self.progress.letters = len(self._read)

    async def _consider(self, token: str, now: int) -> None:
        """Whether a customer will answer this survey, and when."""
        name = token.split(".", maxsplit=1)[0]
        case = await self.api.get("escalation", f"/v1/cases/{name}")
        kept = all(clock["state"] != "missed" for clock in case["clocks"])
        answer = customer_answer(case, await self._chance(name), kept)
        if answer:
            self._answers.append((now + answer["delay_ms"], token, answer))
