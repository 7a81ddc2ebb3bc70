"""An upstream team with a client of its own publishes to a running `redress up`, in any of the three ways that are welcome."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults.up import Up
from tests.flow.people import Headers, foreign_producer

SUBMITTED = "complaints.submitted.v1"
TYPE = "redress.ComplaintSubmitted.v1"
pytestmark = pytest.mark.xdist_group("foreign_producer")  # one house for all of them
ENGLISH = "The kettle got so hot that it burned my hand. I want a refund!"
RUSSIAN = "Чайник ошпарил мне руку, верните деньги!"


@dataclass(frozen=True)
class Way:
    """How a record is written, and under which source its sender finds it again."""

    found_as: str
    language: str
    body: dict[str, Any]
    headers: Headers


def a_complaint(source_id: str, text: str, **said: Any) -> dict[str, Any]:
    customer = {"email": f"{source_id}@example.org", "name": "Ada"}
    return {"channel": "web", "source_id": source_id, "text": text, "customer": customer} | said


WAYS = {
    "binary": Way(
        "/shops/berlin:binary-1",
        "en",
        a_complaint("binary-1", ENGLISH),
        [
            ("ce_specversion", b"1.0"),
            ("ce_id", b"A234-1234-1234"),
            ("ce_type", TYPE.encode()),
            ("ce_source", b"/shops/berlin"),
            ("content-type", b"application/json"),
        ],
    ),
    "structured": Way(
        "/shops/kazan:structured-1",
        "ru",
        {
            "specversion": "1.0",
            "id": "B-77",
            "type": TYPE,
            "source": "/shops/kazan",
            "datacontenttype": "application/json",
            "data": a_complaint("structured-1", RUSSIAN),
        },
        [("content-type", b"application/cloudevents+json; charset=utf-8")],
    ),
    "plain": Way("crm:plain-1", "ru", a_complaint("plain-1", RUSSIAN, source="crm"), []),
    "least": Way("web:least-1", "en", {"channel": "web", "source_id": "least-1", "text": ENGLISH}, []),
}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running house to which all of it was published, some of it twice."""
    with Up(tmp_path_factory.mktemp("up")) as made:
        asyncio.run(made.start())
        producer = foreign_producer(made.running["kafka"])
        refused: list[Any] = []
        for way in (*WAYS.values(), WAYS["binary"], WAYS["plain"]):
            producer.produce(
                SUBMITTED,
                json.dumps(way.body, ensure_ascii=False).encode(),
                key=b"whatever",
                headers=list(way.headers),
                on_delivery=lambda error, _: refused.append(error) if error else None,
            )
        assert producer.flush(20) == 0
        assert not refused
        del producer
        counts = made.told("counts", "--wait", "60")
        assert counts["quiet"], counts["open"]
        yield made


def test_everything_is_accounted_for(up: Up) -> None:
    arrivals = up.told("counts")["arrivals"]
    assert (arrivals["submitted"], arrivals["registered"], arrivals["doubles"]) == (6, 4, 2)
    assert (arrivals["parked"], arrivals["rejected"], arrivals["in_flight"], arrivals["unaccounted"]) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", WAYS)
def test_the_story_of_a_foreign_record_shows_its_outcome(up: Up, name: str) -> None:
    way = WAYS[name]
    story = up.told("story", way.found_as)
    assert story["unreachable"] == []
    assert {"state": "open", "channel": "web", "language": way.language, "priority": "P1"}.items() <= story["now"].items()
    assert story["now"]["owner"]
    assert story["judgement"]["category"] == "safety"
    assert [alert["kind"] for alert in story["judgement"]["alerts"]] == ["injury"]
    assert {promise["kind"] for promise in story["promises"]} == {"acknowledge", "resolve"}
    services = {happening["service"] for happening in story["happenings"]}
    assert services == {"intake", "triage", "escalation", "followup"}
    (letter,) = story["letters"]
    assert letter["kind"] == "acknowledgement"
    assert letter["state"] == ("failed" if name == "least" else "sent")  # who left no address cannot be written to


def test_the_story_reads_as_a_page_too(up: Up) -> None:
    told = up.redress("story", WAYS["binary"].found_as)
    assert told.returncode == 0
    assert "burned my" in told.stdout
    assert "P1" in told.stdout


def test_somebody_else_s_id_is_not_found(up: Up) -> None:
    told = up.redress("story", "/shops/berlin:plain-1")
    assert told.returncode != 0
    assert "Traceback" not in told.stderr
