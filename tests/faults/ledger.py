"""Compares what senders were told with what the house has: by HTTP, by its letters, and by its files once it is down."""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.faults.traffic import Book
from tests.faults.up import SERVICES, Up
from tests.servers.house import Separate

LETTER = re.compile(r"^(?P<effect>.+)\.(?P<attempt>\d+)\.eml$")


@dataclass
class Findings:
    """The figures of a run, and every rule that was broken, in words."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    registered: int = 0
    doubles: int = 0
    cases: int = 0
    letters: int = 0
    resolved: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, fine: bool, sentence: str) -> None:
        """Write down what is not as it must be."""
        if not fine:
            self.wrong.append(sentence)

    def told(self) -> str:
        """One line for those who watch."""
        names = ("acknowledged", "lost", "doubled", "unknown", "registered", "doubles", "cases", "resolved", "letters")
        return ", ".join(f"{getattr(self, name)} {name}" for name in names)


def checked_over_http(up: Up | Separate, book: Book, deaths: int) -> Findings:
    """What the running, quiet house answers; each death may leave one effect of which nobody knows."""
    found = Findings(acknowledged=len(book.acknowledged), resolved=len(book.resolved))
    found.expect(not book.strange, f"strange answers: {book.strange[:3]}")
    with httpx2.Client(headers=up.headers, timeout=60, trust_env=False) as client:
        arrivals = client.get(up.url("intake", "/internal/v1/arrivals")).json()
        cases = list(_cases(client, up))
        effects = {name: client.get(up.url(name, "/internal/v1/counts")).json()["effects"] for name in SERVICES}
    found.registered, found.doubles = arrivals["registered"], arrivals["double"]
    check_arrivals(found, arrivals, book)
    check_cases(found, cases, book)
    for name, states in effects.items():
        found.unknown += states.get("unknown", 0)
        rest = {state: n for state, n in states.items() if state not in ("sent", "unknown") and n}
        found.expect(not rest, f"{name}: effects are left {rest}")
    found.expect(found.unknown <= deaths, f"{found.unknown} effects unknown after {deaths} deaths")
    return found


def _cases(client: httpx2.Client, up: Up | Separate) -> Iterator[dict[str, Any]]:
    seen = 0
    while True:
        answer = client.get(up.url("escalation", "/v1/cases"), params={"limit": 500, "skip": seen, "sort": "opened_at"})
        page = answer.json()["cases"]
        yield from page
        seen += len(page)
        if len(page) < 500:
            return


def check_arrivals(found: Findings, arrivals: dict[str, Any], book: Book) -> None:
    """The count adds up, and says no more doubles than were sent."""
    found.expect(arrivals["unaccounted"] == 0, f"unaccounted is {arrivals['unaccounted']}")
    for name in ("rejected", "parked", "in_flight", "gap"):
        found.expect(arrivals[name] == 0, f"{name} is {arrivals[name]}")
    requests = sum(len(keys) for keys in book.sent.values())
    known = sum(len(keys) for keys in book.said_double.values())
    found.expect(
        known <= arrivals["double"] <= requests - arrivals["registered"],
        f"{arrivals['double']} doubles counted, of {requests} requests; {known} were said to be doubles",
    )


def check_cases(found: Findings, cases: list[dict[str, Any]], book: Book) -> None:
    """Each acknowledged complaint has one case, and what agents were told is done is done."""
    found.cases = len(cases)
    by_id = Counter(case["complaint_id"] for case in cases)
    found.doubled = sum(n - 1 for n in by_id.values()) + sum(len(ids) - 1 for ids in book.acknowledged.values())
    found.lost = sum(not ids & by_id.keys() for ids in book.acknowledged.values())
    found.expect(not found.lost, f"{found.lost} acknowledged complaints have no case")
    found.expect(not found.doubled, f"{found.doubled} complaints became two")
    found.expect(len(by_id) == found.registered, f"{found.registered} complaints, {len(by_id)} cases")
    found.expect(len(by_id) <= len(book.sent), "there are more cases than complaints were sent")
    states = {case["complaint_id"]: case["state"] for case in cases}
    forgotten = [name for name in book.resolved if states.get(name) != "resolved"]
    found.expect(not forgotten, f"{len(forgotten)} acknowledged resolutions are not there")
    priorities = Counter(case["priority"] for case in cases)
    found.expect(len(priorities) > 1, f"every case has the same priority, so triage was not heard: {priorities}")
    found.expect(not any("untriaged" in case["attention"] for case in cases), "cases were not triaged")


def check_letters(found: Findings, up: Up | Separate) -> None:
    """One letter a purpose, and one for each complaint that asks for it; the house is down."""
    files = [path.name for path in sorted((up.home / "mail").glob("*.eml"))]
    attempts: dict[str, list[str]] = defaultdict(list)
    for name in files:
        match = LETTER.match(name)
        found.expect(match is not None, f"{name} is no letter of ours")
        if match:
            attempts[match["effect"]].append(match["attempt"])
    found.letters = len(files)
    twice = [effect for effect, tries in attempts.items() if len(tries) > 1]
    found.expect(not twice, f"sent twice: {twice[:3]}")
    purposes = Counter(_purpose(up.home / "mail" / name) for name in files)
    again = [purpose for purpose, n in purposes.items() if n > 1]
    found.expect(not again, f"the same letter under two names: {again[:3]}")


def _purpose(path: Path) -> tuple[str, str]:
    """Which complaint a letter is about and what it says, as its reader sees it: no customer should read it twice."""
    head, _, body = path.read_bytes().partition(b"\r\n\r\n")
    about = next(line for line in head.decode("ascii").splitlines() if line.startswith("X-Redress-Complaint:"))
    return about.partition(": ")[2], body.decode("ascii")


def check_files(found: Findings, up: Up) -> None:
    """What lies in the four SQLite files once the house is down."""
    for name in SERVICES:
        with closing(sqlite3.connect(f"file:{up.home / f'{name}.sqlite'}?mode=ro", uri=True)) as db:
            found.expect(db.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"{name}: the file is broken")
            _check_outboxes(found, name, db)
            _check_history(found, name, db)
            if name == "followup":
                _check_effects(found, up, db)
                _check_budgets(found, db)


def _collections(db: sqlite3.Connection) -> list[str]:
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    return [table for table in tables if table not in ("announced", "sqlite_sequence")]


def _check_outboxes(found: Findings, name: str, db: sqlite3.Connection) -> None:
    for table in _collections(db):
        left = db.execute(f"SELECT COUNT(*) FROM {table} WHERE pending=1").fetchone()[0]  # noqa: S608
        found.expect(left == 0, f"{name}: {left} documents of {table} still have something to say")
    rows = db.execute("SELECT COUNT(*) FROM announced").fetchone()[0]
    found.expect(rows == 0, f"{name}: {rows} announced entries that everybody has passed were kept")


def _check_history(found: Findings, name: str, db: sqlite3.Connection) -> None:
    """Every aggregate's history is one unbroken chain from its head to its beginning."""
    entries: dict[str, dict[str, str]] = defaultdict(dict)
    for (text,) in db.execute("SELECT state FROM history"):
        entry = json.loads(text)
        entries[entry["agg"]][entry["hash"]] = entry["prev"]
    heads: dict[str, list[str]] = defaultdict(list)
    for table in _collections(db):
        for row_id, meta in db.execute(f"SELECT id, meta FROM {table}"):  # noqa: S608
            if head := json.loads(meta)["head"]:
                heads[row_id].append(head)
    for aggregate, chain in entries.items():
        length = sum(length_of(chain, head) for head in heads[aggregate])
        found.expect(length == len(chain), f"{name}: the history of {aggregate} has {len(chain)} entries, {length} in its chain")


def length_of(chain: dict[str, str], head: str) -> int:
    """How many entries lie between a head and the beginning; -1 for a chain that is broken."""
    length = 0
    while head in chain:
        head, length = chain[head], length + 1
    return length if head == "" else -1


def _check_effects(found: Findings, up: Up, db: sqlite3.Connection) -> None:
    """Every letter that was sent lies there, none lies there that was not, and each complaint was acknowledged."""
    names = [path.name for path in (up.home / "mail").glob("*.eml")]
    written = {name.rpartition("~")[0] for name in names}
    states = {row[0]: json.loads(row[1])["state"] for row in db.execute("SELECT id, state FROM effects")}
    missing = [key for key, state in states.items() if state == "sent" and key.replace("|", "~") not in written]
    found.expect(not missing, f"said to be sent and not there: {missing[:3]}")
    found.expect(len(written) <= len(states), f"{len(written)} letters for {len(states)} effects")
    told = {key.split("|")[0] for key in states if "|acknowledgement|" in key}
    found.expect(len(told) == found.registered, f"{len(told)} acknowledgements for {found.registered} complaints")


def _check_budgets(found: Findings, db: sqlite3.Connection) -> None:
    """What the months have given is what the customers hold."""
    granted = {name for (text,) in db.execute("SELECT state FROM budgets") for name in json.loads(text)["granted"]}
    held = {
        f"{care['complaint_id']}|{offer['round']}"
        for care in (json.loads(text) for (text,) in db.execute("SELECT state FROM care"))
        for offer in care["offers"]
        if offer["state"] == "made"
    }
    found.expect(granted == held, f"{len(granted)} offers granted, {len(held)} held by customers")
