"""Row 31: an older version among newer ones: it carries on what it does not know, parks what it cannot read, or stops."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.local import SERVICES_AS_DATA
from services.escalation.domain.case import Case
from services.followup.domain.care import Care
from shared.contracts import topics
from shared.contracts.kept import Kept
from shared.platform.document import Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.parked import Parked
from shared.platform.processor.tally import Tally
from tests.builders import a_registered, an_addressee
from tests.flow.people import World, running, until
from tests.flow.stories import a_complaint
from tests.toys import wire
from tests.unit.escalation.world import triaged

KINDS: dict[str, tuple[type[Kept], ...]] = {service.name: (*service.keeps, Tally, EffectRecord) for service in SERVICES_AS_DATA}
TOUCHED = {"complaints", "cases", "care"}
"""What the older version writes again in this story; it must have had the chance to forget."""


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a state, at every depth."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from dicts(part)


def as_newer(keeps: type[Kept], row_id: str, state: dict[str, Any]) -> list[str]:
    """Write into a state what a newer minor version might, wherever the shape lets it; gives the marks.

    Not into the addressee of a care, which each event about its case replaces.
    """
    marks: list[str] = []
    if keeps is Case:
        state["category"] = "teleportation"
    replaced = list(dicts(state["addressee"])) if keeps is Care else []
    for place in [one for one in dicts(state) if not any(one is other for other in replaced)]:
        mark = f"newer-{keeps.collection}-{row_id}-{len(marks)}"
        place["mood"] = {"said": [mark, {"a.b": None}]}
        try:
            keeps.model_validate_json(json.dumps(state))
        except ValidationError:  # a mapping of plain values: every version reads it alike
            del place["mood"]
        else:
            marks.append(mark)
    return marks


def rewritten(home: Path) -> dict[tuple[str, str], list[str]]:
    """Every document of a house that is down, rewritten by a newer version; its marks by service and collection."""
    found: dict[tuple[str, str], list[str]] = {}
    for service, kinds in KINDS.items():
        with closing(sqlite3.connect(home / f"{service}.sqlite")) as db:
            for keeps in kinds:
                rows = db.execute(f"SELECT id, state FROM {keeps.collection}").fetchall()  # noqa: S608
                marks = found[service, keeps.collection] = []
                for row_id, text in rows:
                    state = json.loads(text)
                    marks += as_newer(keeps, row_id, state)
                    change = f"UPDATE {keeps.collection} SET state=?, upd=0 WHERE id=?"  # noqa: S608
                    db.execute(change, (json.dumps(state, ensure_ascii=False), row_id))
            db.commit()
    return found


def left(home: Path, service: str, collection: str) -> tuple[str, int]:
    """What lies in a collection now, and how many of the rows that the newer version wrote were written again."""
    with closing(sqlite3.connect(f"file:{home / f'{service}.sqlite'}?mode=ro", uri=True)) as db:
        rows = db.execute(f"SELECT state, upd FROM {collection}").fetchall()  # noqa: S608
    return "\n".join(text for text, _ in rows), sum(upd > 0 and "newer-" in text for text, upd in rows)


async def test_row_31_what_a_newer_version_wrote_into_documents_comes_back_from_an_older_one(tmp_path: Path) -> None:
    said = a_complaint()
    async with running(tmp_path) as world:
        complaint = (await world.complain(said))["complaint_id"]
        await world.quiet()
    marks = rewritten(tmp_path)
    async with running(tmp_path) as world:
        assert (await world.complain(said))["double"]
        await world.resolve(complaint)
        page = world.survey_of(complaint)
        assert (await world.answer(page, score=5, solved=True)).status_code < 400
        await world.publish(world.json(a_complaint()))
        await world.settled()
        await world.quiet()
        case = await world.case(complaint)
        assert (case["state"], case["category"]) == ("resolved", "other"), "a word that it does not know reads as other"
        assert len(world.letters(complaint, "resolution")) == 1
    lost, written = [], set()
    for (service, collection), expected in marks.items():
        text, changed = left(tmp_path, service, collection)
        lost += [mark for mark in expected if mark not in text]
        written |= {collection} if expected and changed else set()
    assert not lost, f"{len(lost)} forgotten: {lost[:5]}"
    assert written >= TOUCHED, "every kind of aggregate was written again"
    total, places = sum(map(len, marks.values())), sum(map(bool, marks.values()))
    print(f"\nrow 31: {total} unknown fields in {places} collections, {sorted(written)} written again: 0 forgotten")


async def parked(world: World, service: str) -> list[str]:
    """The reasons of what a service has parked."""
    rows = await world.house.services[service].runtime.store.find(Parked, Sought())
    return [row.state.reason for row in rows if isinstance(row.state, Parked)]


async def test_row_31_events_of_a_newer_minor_are_heard_and_what_is_unknown_is_parked_with_its_reason(tmp_path: Path) -> None:
    newer = json.loads(a_registered("cmp_newer", addressee=an_addressee(contacts=())).model_dump_json())
    newer |= {"channel_of_the_future": {"deep": [1]}, "country": None}
    newer["addressee"] |= {"channel": "hologram", "language": "tlh", "aura": "green"}
    _, headers = wire(a_registered("cmp_newer"), "e-newer")
    body = json.dumps(newer).encode()

    def named(name: str, event_id: str) -> list[tuple[str, bytes | None]]:
        kept = [(key, value) for key, value in headers if key not in ("ce_type", "ce_id")]
        return [*kept, ("ce_type", name.encode()), ("ce_id", event_id.encode())]

    async with running(tmp_path) as world:
        await world.publish(
            (body, named("redress.ComplaintAdorned.v1", "e-1")),
            (body, named("redress.ComplaintRegistered.v2", "e-2")),
            (b"{}", named("redress.SubmissionRejected.v1", "e-3")),
            (body, headers),
            topic=topics.REGISTERED.name,
            key=b"cmp_newer",
        )

        async def heard() -> bool:
            case = await world.kept("escalation", "cmp_newer")  # triage may be heard before what it judged
            return bool(case.get("registered") and case.get("triaged_at"))

        await until(heard, "the newer event was not heard")
        state = await world.kept("escalation", "cmp_newer")
        assert (state["addressee"]["channel"], state["addressee"]["language"]) == ("other", "other")
        assert "future" not in json.dumps(state) and "aura" not in json.dumps(state), "no erasure would know them"
        for service in ("triage", "escalation"):
            assert await parked(world, service) == ["unknown_type"] * 2
        assert await world.house.troubles() == []
    print("\nrow 31: a newer minor heard; an unknown type and a newer major parked; what others hear passed over")


def schema(home: Path, complaint: str, version: int) -> None:
    """A newer major wrote a case, or a rollback took it back."""
    with closing(sqlite3.connect(home / "escalation.sqlite")) as db:
        db.execute(f"UPDATE {Case.collection} SET schema=? WHERE id=?", (version, complaint))  # noqa: S608
        db.commit()


@pytest.mark.timeout(90)
async def test_row_31_a_document_of_a_newer_major_stops_its_service_loudly_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        complaint = (await world.complain(a_complaint()))["complaint_id"]
        await world.quiet()
        later = (await world.kept("escalation", complaint))["triaged_at"] + 1_000
    schema(tmp_path, complaint, Case.schema_version + 1)
    value, headers = wire(triaged("P1", later, complaint_id=complaint), "e-late", source="/redress/triage")
    async with running(tmp_path) as world:
        await world.publish((value, headers), topic=topics.TRIAGED.name, key=complaint.encode())

        async def said() -> bool:
            ready = await world.ask("GET", "escalation", "/readyz", key="")
            return f"{topics.TRIAGED.name}: a batch fails with NewerSchema" in ready.json().get("reasons", ())

        await until(said, "nobody was told")
        assert await parked(world, "escalation") == [], "it is no record's fault"
        assert [row for row in await world.house.troubles() if not row.startswith("escalation")] == []
        schema(tmp_path, complaint, Case.schema_version)  # as whoever knows it would find it

        async def healed() -> bool:
            return bool((await world.case(complaint))["priority"] == "P1")

        await until(healed, "the record was lost")
    print("\nrow 31: a newer major: readiness says NewerSchema, 0 parked, the record is settled by whoever can read the document")
