"""How a document becomes columns and comes back."""

from enum import StrEnum
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import NewerSchema
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.platform.document import Document
from shared.platform.store import Unencodable
from shared.platform.stores import codec


class Colour(StrEnum):
    """An enum in an index field."""

    RED = "red"


class Card(Kept):
    """A state with everything that is awkward to store."""

    collection: ClassVar[str] = "cards"
    indexed: ClassVar[tuple[str, ...]] = ("colour", "urgent", "rank")

    colour: Colour | None = Colour.RED
    urgent: bool = False
    rank: int | None = None
    words: tuple[str, ...] = ()
    secret: Sealed | None = None
    wake: int | None = None

    @property
    def due(self) -> int | None:
        """The alarm, if one is set."""
        return self.wake


TEXT = st.text()  # without surrogates, with everything else
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def back(document: Document) -> Document:
    row, _ = codec.written(document)
    return codec.read_document(Card, document.id, document.ver, row.schema, row.state, row.meta, row.out, row.upd)


@given(
    row_id=TEXT,
    words=st.lists(TEXT, max_size=3),
    more=JSON,
    seen=st.dictionaries(TEXT, st.integers(0, 2**53), max_size=3),
    settled=st.dictionaries(TEXT, TEXT, max_size=3),
    out=st.lists(st.dictionaries(TEXT, JSON, max_size=3), max_size=3),
)
def test_whatever_can_be_written_is_read_back_the_same(
    row_id: str, words: list[str], more: Any, seen: dict[str, int], settled: dict[str, str], out: list[dict[str, Any]]
) -> None:
    state = Card.model_validate({"words": words, "field of a newer version": more})
    document = Document(row_id, state, 3, "a", "registered", seen, settled, "h", out, 7)
    assert back(document) == document


def test_an_empty_outbox_is_nothing_and_a_full_one_is_pending() -> None:
    assert codec.written(Document("a", Card()))[0][3:5] == (None, 0)
    assert codec.written(Document("a", Card(), out=[{"k": "e"}]))[0][3:5] == ('[{"k":"e"}]', 1)


def test_index_values_are_plain_numbers_and_words_in_the_declared_order() -> None:
    _, values = codec.written(Document("a", Card(urgent=True)))
    assert list(values.items()) == [("colour", "red"), ("urgent", 1), ("rank", None)]
    assert [type(value) for value in values.values()] == [str, int, type(None)]


def test_a_sealed_text_is_stored_as_its_token() -> None:
    document = Document("a", Card(secret=Sealed("cus_1", token="v1.cus_1.abc")))
    assert '"secret":"v1.cus_1.abc"' in codec.written(document)[0].state
    assert back(document) == document


@pytest.mark.parametrize(
    "document",
    [
        Document("a", Card(words=("\ud800",))),
        Document("a", Card.model_validate({"newer": {"\udfff": 1}})),
        Document("a", Card(), seen={"\ud800": 1}),
        Document("a", Card(), arrival="\ud800"),
        Document("a", Card(), out=[{"body": "\ud800"}]),
        Document("a", Card(rank=2**63)),
        Document("a", Card(rank=-(2**63) - 1)),
        Document("a", Card(wake=2**63)),
        Document("a", Card(secret=Sealed("cus_1", plain="not sealed yet"))),
    ],
    ids=["state", "newer field", "seen", "arrival", "outbox", "large", "small", "due", "unsealed"],
)
def test_what_cannot_be_written_is_named(document: Document) -> None:
    with pytest.raises(Unencodable) as raised:
        codec.written(document)
    assert raised.value.key == ("cards", "a")


@pytest.mark.parametrize("rank", [2**63 - 1, -(2**63), 0])
def test_numbers_up_to_the_edge_of_64_bit_can_be_searched_by(rank: int) -> None:
    assert codec.written(Document("a", Card(rank=rank)))[1]["rank"] == rank


def test_an_id_that_cannot_be_written_is_not_looked_for_and_no_id_twice() -> None:
    assert codec.possible(["b", "\ud800", "ж", "b", "a"]) == ["b", "ж", "a"]


def test_a_newer_major_is_not_read() -> None:
    with pytest.raises(NewerSchema, match="cards was written with schema 2, this version knows 1"):
        codec.read_state(Card, "{}", 2)


def test_a_state_that_does_not_fit_is_told_by_field_and_not_by_content() -> None:
    with pytest.raises(NewerSchema, match="words") as raised:
        codec.read_state(Card, '{"words": "Анна Кузнецова"}', 1)
    assert "Анна" not in str(raised.value)
