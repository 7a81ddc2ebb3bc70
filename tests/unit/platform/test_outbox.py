"""Effects and history become the same rows, whether they travel in an outbox or in the transaction of the save."""

import hashlib
import json

import pytest

from shared.contracts.sealed import Sealed
from shared.platform.decision import Decision, Effect, Given
from shared.platform.document import Document, NewRow
from shared.platform.processor.decide import Decided
from shared.platform.processor.item import Item
from shared.platform.processor.outbox import effects_in, fill_outboxes, history_in
from shared.platform.store import Unencodable
from shared.platform.stores import codec
from tests.builders import NOW
from tests.toys import Add, Count, a_toy

TOKEN = Sealed("cus_1", token="v1.cus_1.xyz")


def filled(at_once: bool, body: dict[str, object] | None = None) -> tuple[Document, list[NewRow]]:
    hearing = a_toy().hearings[Add][0]
    item = Item(hearing, "cmp_1", Add(amount=1), "cause", "door", "olga")
    document = Document("cmp_1", Count(), head="before")
    effect = Effect("letter:cmp_1:1", "mail", {"to": TOKEN, "lines": ["а", {"b": TOKEN}], "n": 1} if body is None else body)
    answer = Decision(keep=document.state, do=[effect], why="«added»")
    decided = Decided(pending=[(document, item, Given(NOW, None, "p1", "cause", "olga"), answer)])
    fill_outboxes("triage", decided, at_once)
    return document, decided.rows


def test_both_ways_give_the_same_rows() -> None:
    document, none = filled(at_once=False)
    other, rows = filled(at_once=True)
    assert not none and not other.out and other.head == document.head
    travelled = [*effects_in(document, rows[0].upd), *history_in(document, rows[0].upd)]
    assert [(row.keeps, row.id) for row in rows] == [(type(d.state), d.id) for d in travelled]
    for row, arrived in zip(rows, travelled, strict=True):
        assert codec.read_state(row.keeps, row.state, 1) == arrived.state
        written, index = codec.written(arrived)
        assert row.index == tuple(index.values())
        assert (row.due, codec.NO_BOOKKEEPING) == (written.due, written.meta)
        assert len(codec.new(row)) == 1 + len(written) + len(index)


def test_a_history_row_can_be_checked_against_its_hash() -> None:
    _, rows = filled(at_once=True)
    entry = json.loads(rows[-1].state)
    told = entry.pop("hash")
    body = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    assert hashlib.sha256(body).hexdigest() == told
    assert entry["prev"] == "before"


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("wrong", [object(), "\ud83d"], ids=["not JSON", "a lone surrogate"])
def test_an_effect_that_cannot_be_written_names_its_document(at_once: bool, wrong: object) -> None:
    with pytest.raises(Unencodable) as refused:
        filled(at_once, {"to": wrong})
    assert refused.value.key == ("counts", "cmp_1")
