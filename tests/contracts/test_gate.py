"""The gate closes on whatever would break somebody, and opens again when it is mended."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from deploy.contracts import __main__ as command
from deploy.contracts import gate
from deploy.contracts.compatible import breaks
from deploy.contracts.examples import DIRECTORY, READERS, RELEASED, examples, incomplete, released, unreadable
from deploy.contracts.schemas import file_of, schema_files
from shared.contracts.events import BY_TYPE, SUBMITTED_TYPE, CaseResolved, ComplaintTriaged, Event, OfferMade
from shared.contracts.fields import Actor, Money
from shared.contracts.json_schema import schema_of
from shared.contracts.vocabulary import Word

RECORDED = examples()


def _mutant(event: type[Event], **fields: Any) -> type[Event]:
    """A copy of an event in which some fields are declared anew."""
    return create_model(event.__name__, __base__=event, **fields)


def _without(event: type[Event], name: str) -> type[Event]:
    """A copy of an event that lacks a field."""
    kept: dict[str, Any] = {n: (f.annotation, f) for n, f in event.model_fields.items() if n != name}
    return create_model(event.__name__, __base__=Event, **kept)


class FewerWords(Word):
    """A vocabulary that lost all words but one."""

    DELIVERY = "delivery"
    OTHER = "other"


class Cents(BaseModel):
    """Money whose amount has another type."""

    minor: str
    currency: str = Field(pattern="^[A-Z]{3}$")


MUTANTS: list[tuple[str, type[Event], type[Event], str]] = [
    ("a default taken away", ComplaintTriaged, _mutant(ComplaintTriaged, alerts=(tuple[str, ...], ...)), "alerts"),
    ("a new field without default", CaseResolved, _mutant(CaseResolved, cost=(int, ...)), "cost: is required"),
    ("a type narrowed", CaseResolved, _mutant(CaseResolved, answer=(None, None)), "answer: may not be string"),
    ("a type exchanged", CaseResolved, _mutant(CaseResolved, owner=(int, ...)), "owner: may not be string"),
    ("a bound tightened", ComplaintTriaged, _mutant(ComplaintTriaged, severity=(int, Field(ge=0, le=10))), "maximum"),
    ("a bound put up", CaseResolved, _mutant(CaseResolved, received_at=(int, Field(ge=10**15))), "minimum"),
    ("a length cut", OfferMade, _mutant(OfferMade, rule=(str, Field(max_length=4))), "maxLength"),
    ("a pattern added", OfferMade, _mutant(OfferMade, rule=(str, Field(max_length=60, pattern="^x"))), "pattern"),
    ("only certain words", CaseResolved, _mutant(CaseResolved, tier=(Literal["frontline"], ...)), "certain words"),
    ("a type inside changed", OfferMade, _mutant(OfferMade, amount=(Cents, ...)), "amount.minor"),
]
QUIET: list[tuple[str, type[Event], type[Event], str]] = [
    ("a field taken away", CaseResolved, _without(CaseResolved, "severity"), "severity: is gone"),
    ("a bound where there was none", CaseResolved, _mutant(CaseResolved, round=(int, Field(ge=1, le=9))), "round: maximum"),
    ("a type widened", CaseResolved, _mutant(CaseResolved, owner=(str | None, ...)), "owner: may be null now"),
    ("words taken away", ComplaintTriaged, _mutant(ComplaintTriaged, category=(FewerWords, FewerWords.OTHER)), "billing"),
    ("another default", CaseResolved, _mutant(CaseResolved, severity=(int, Field(50, ge=0, le=100))), "means something else"),
]
"""Changes under which every recorded example still parses, and which break somebody all the same."""


@pytest.mark.parametrize(("event", "mutant", "told"), [m[1:] for m in MUTANTS + QUIET], ids=[m[0] for m in MUTANTS + QUIET])
def test_a_change_that_breaks_somebody_is_told_with_its_field(event: type[Event], mutant: type[Event], told: str) -> None:
    problems = breaks(schema_of(event), schema_of(mutant))
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(("event", "mutant"), [m[1:3] for m in MUTANTS], ids=[m[0] for m in MUTANTS])
def test_recorded_examples_alone_tell_what_is_not_understood_any_more(event: type[Event], mutant: type[Event]) -> None:
    readers = READERS | {event.type_name(): mutant.model_validate_json}
    problems = unreadable(RECORDED, readers)
    assert problems
    assert all(problem.startswith(f"{event.__name__}.v1.") for problem in problems)


@pytest.mark.parametrize(
    "mutant",
    [
        _mutant(CaseResolved, cost=(Money | None, None)),
        _mutant(CaseResolved, severity=(int, Field(0, ge=0, le=100, description="Other words for the same."))),
        _mutant(CaseResolved, tier=(str, Field(max_length=400))),
    ],
    ids=["a field added with a default", "another description", "a length that grew"],
)
def test_a_change_that_only_adds_passes(mutant: type[Event]) -> None:
    assert breaks(schema_of(CaseResolved), schema_of(mutant)) == []


@pytest.mark.parametrize("name", schema_files())
def test_every_schema_may_follow_itself(name: str) -> None:
    assert breaks(schema_files()[name], schema_files()[name]) == []


def test_a_channel_may_come_but_none_may_go() -> None:
    old = schema_files()[file_of(SUBMITTED_TYPE)]
    fewer = old | {"oneOf": [o for o in old["oneOf"] if "Phone" not in o["$ref"]]}
    assert breaks(fewer, old, only_we_read=True) == []
    assert breaks(old, fewer, only_we_read=True) == ["(body): may not be PhoneComplaint any more"]


def test_what_only_we_read_may_take_more_kinds_of_values() -> None:
    wider = _mutant(CaseResolved, owner=(Actor | int, ...))
    assert breaks(schema_of(CaseResolved), schema_of(wider), only_we_read=True) == []
    assert breaks(schema_of(wider), schema_of(CaseResolved), only_we_read=True) == ["owner: may not be integer any more"]


def test_an_event_without_example_is_told() -> None:
    assert incomplete([e for e in RECORDED if not e.name.startswith("CaseClosed")], {}) == [
        "CaseClosed.v1: has no recorded example"
    ]


def test_a_type_that_is_gone_is_told() -> None:
    readers = {name: reader for name, reader in READERS.items() if "CaseClosed" not in name}
    assert unreadable(RECORDED, readers) == ["CaseClosed.v1.1: no contract has this type any more; released types stay"]


def test_an_example_under_a_wrong_name_is_told(tmp_path: Path) -> None:
    shutil.copy(DIRECTORY / "CaseClosed.v1.1.json", tmp_path / "CaseOpened.v1.9.json")
    assert "its ce_type is redress.CaseClosed.v1" in unreadable(examples(tmp_path))[0]


class House:
    """A copy of docs/ and examples that a test may spoil."""

    def __init__(self, root: Path, made: dict[str, str]) -> None:
        self.root, self.directory = root, root / "examples"
        shutil.copytree(DIRECTORY, self.directory)
        self.made = made
        assert self.write() == []

    def check(self) -> list[str]:
        return gate.check(self.root, self.directory)

    def write(self) -> list[str]:
        return gate.write(self.root, self.directory)


@pytest.fixture
def house(tmp_path: Path, made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(gate, "documents", lambda: dict(made))
    return House(tmp_path, made)


def test_what_is_just_written_passes(house: House) -> None:
    assert house.check() == []


def _edit(path: Path, change: Callable[[Any], None]) -> None:
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def test_a_hand_edited_a_missing_and_a_stale_document_are_told_and_mended(house: House) -> None:
    _edit(house.root / "docs/openapi/triage.json", lambda d: d["info"].update(title="Mine"))
    (house.root / "docs/asyncapi/intake.json").unlink()
    (house.root / "docs/asyncapi/billing.json").write_text("{}")
    told = house.check()
    assert [line.split(":")[0] for line in told] == [
        "docs/asyncapi/intake.json",
        "docs/openapi/triage.json",
        "docs/asyncapi/billing.json",
    ]
    assert all("make contracts" in line for line in told)
    assert house.write() == []
    assert house.check() == []


def test_an_incompatible_schema_is_told_and_not_written_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "docs/schemas/CaseResolved.v1.json"
    before = (house.root / name).read_text("utf-8")
    mutant = json.dumps(schema_of(_without(CaseResolved, "kept")))
    monkeypatch.setattr(gate, "documents", lambda: house.made | {name: mutant})
    assert f"{name}: kept: is gone" in house.check()
    assert house.write() == [f"{name}: kept: is gone"]
    assert (house.root / name).read_text("utf-8") == before


def test_a_released_event_that_has_no_contract_any_more_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "docs/schemas/CaseResolved.v1.json"
    monkeypatch.setattr(gate, "documents", lambda: {path: text for path, text in house.made.items() if path != name})
    (told,) = house.write()
    assert told.startswith(f"{name}: no event and no verb has it any more")
    assert (house.root / name).exists()


def test_a_new_example_is_entered_and_may_then_neither_change_nor_go(house: House) -> None:
    new = house.directory / "CaseClosed.v1.2.json"
    shutil.copy(house.directory / "CaseClosed.v1.1.json", new)
    assert house.check() == [f"shared/contracts/examples/CaseClosed.v1.2: is not in {RELEASED}; {gate.REMEDY}"]
    assert house.write() == []
    assert house.check() == []
    _edit(new, lambda e: e["body"].update(tier="manager"))
    assert "must not change" in house.check()[0]
    assert "must not change" in house.write()[0]
    new.unlink()
    assert "must stay" in house.check()[0]
    assert "must stay" in house.write()[0]


def test_white_space_in_an_example_does_not_count(house: House) -> None:
    path = house.directory / "CaseClosed.v1.1.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8"))), encoding="utf-8")
    assert house.check() == []


def test_an_example_that_is_not_understood_is_never_entered(house: House) -> None:
    new = house.directory / "CaseClosed.v1.2.json"
    shutil.copy(house.directory / "CaseClosed.v1.1.json", new)
    _edit(new, lambda e: e["body"].pop("tier"))
    assert house.write() == ["shared/contracts/examples/CaseClosed.v1.2: no longer understood: tier: Field required"]
    assert "CaseClosed.v1.2" not in released(house.directory)


def test_the_command_exits_with_1_and_says_what_is_wrong_and_what_helps(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy.contracts", "--check"])
    monkeypatch.setattr(gate, "check", lambda: ["docs/schemas/X.v1.json: tier: is gone"])
    assert command.main() == 1
    told = capsys.readouterr().err
    assert "tier: is gone" in told
    assert "a new major version is a new event on a new topic" in told
    monkeypatch.setattr(gate, "check", list)
    assert command.main() == 0
    assert capsys.readouterr().err == ""


def test_every_released_example_is_here_unchanged() -> None:
    assert incomplete(RECORDED, released(), [*BY_TYPE, SUBMITTED_TYPE]) == []
    assert set(released()) == {e.name for e in RECORDED}
