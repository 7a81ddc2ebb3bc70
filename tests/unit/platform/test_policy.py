"""Reading policies: strict, and helpful about what is wrong."""

import subprocess
import sys
from datetime import date, time
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from shared.platform.policy import PolicyError, PolicySource, default_policy


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Tier(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    clock: int = Field(gt=0)
    opens: time = time(9)


class Policy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    words: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    limits: dict[Colour, Tier] = {}
    marks: frozenset[str] = frozenset()
    days: dict[int, date] = {}
    share: float = 0.5


GOOD = """\
# words in both languages
words: [верните деньги, refund]
tiers:
  - name: front
    clock: 60
    opens: "10:30"
  - {name: lead, clock: 30}
limits:
  red:
    name: senior
    clock: 5
days:
  1: 2026-01-09
share: 1
"""


def load(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "triage.yaml"
    path.write_text(text, encoding="utf-8")
    return PolicySource(path, Policy).load().policy


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, text)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_a_good_policy_becomes_a_model_with_lists_enums_and_dates(tmp_path: Path) -> None:
    policy = load(tmp_path, GOOD)
    assert policy.words == ("верните деньги", "refund")
    assert policy.tiers[0] == Tier(name="front", clock=60, opens=time(10, 30))
    assert policy.limits[Colour.RED].name == "senior"
    assert policy.days == {1: date(2026, 1, 9)}
    assert policy.share == 1.0


def test_the_body_is_kept_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert PolicySource(path, Policy).load().body == GOOD


def test_the_hash_ignores_comments_and_order_but_no_value(tmp_path: Path) -> None:
    def hashed(text: str) -> str:
        load(tmp_path, text)
        return PolicySource(tmp_path / "triage.yaml", Policy).load().hash

    first = hashed("words: [a]\nshare: 0.1\n")
    assert first == hashed("# said otherwise\nshare: 0.1\nwords:\n  - a\n")
    assert first != hashed("words: [b]\nshare: 0.1\n")
    assert len(first) == 16
    assert int(first, 16) >= 0


def test_the_hash_of_a_set_is_the_same_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("marks: [a, b, c, d, e, f]\n")
    code = (
        "import sys; from pathlib import Path; from tests.unit.platform.test_policy import Policy, PolicySource;"
        "print(PolicySource(Path(sys.argv[1]), Policy).load().hash)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "tiers:\n  - name: a\n    clok: 5\n    clock: 1\n",
            ["triage.yaml:3: tiers[0].clok: is not a key that this policy knows; did you mean `clock`?"],
        ),
        ("tiers:\n  - name: a\n", ["triage.yaml:2: tiers[0].clock: is missing; add `clock:` here"]),
        (
            "share: 1\ntiers:\n  - name: a\n    clock: 5\n  - name: 7\n    clock: five\n",
            [
                "triage.yaml:5: tiers[1].name: input should be a valid string; write text, in quotes if it looks like a number",
                "triage.yaml:6: tiers[1].clock: input should be a valid integer, unable to parse string as an integer; "
                "write a whole number without quotes",
            ],
        ),
        (
            "tiers:\n  - {name: a, clock: 0}\n",
            ["triage.yaml:2: tiers[0].clock: input should be greater than 0; choose a larger value"],
        ),
        (
            "limits:\n  red:\n    name: a\n    clock: 5\n    colour: x\n",
            ["triage.yaml:5: limits.red.colour: is not a key that this policy knows; remove it; known here: clock, name, opens"],
        ),
        (
            "limits:\n  green: {name: a, clock: 1}\n",
            ["triage.yaml:2: limits.green: input should be 'red' or 'blue'; write one of the values named"],
        ),
        ("words: refund\n", ["triage.yaml:1: words: input should be a valid tuple; write a list, one `- …` a line"]),
        (
            "share: 1\nwords: [a]\nshare: 2\ntiers:\n  - {name: a, name: b, clock: 1}\n",
            [
                "triage.yaml:3: share: this key stands twice; keep one of them",
                "triage.yaml:5: tiers[0].name: this key stands twice; keep one of them",
            ],
        ),
    ],
)
def test_every_problem_names_file_line_path_and_remedy(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert problems(tmp_path, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "words: [a\n",
        "a: b: c\n",
        "words:\n\t- a\n",
        "share: .inf\n",
        "a: &x [*x]\n",
        "--- \na: 1\n---\nb: 2\n",
        "!!python/object:os.system {}\n",
    ],
)
def test_what_is_not_a_plain_yaml_mapping_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    assert len(problems(tmp_path, text)) == 1


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "- a\n", "just words\n"])
def test_a_file_without_keys_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == ["triage.yaml:1: the file holds no settings; start from the default policy"]


def test_a_word_that_yaml_1_1_would_turn_into_something_else_stays_a_word(tmp_path: Path) -> None:
    assert load(tmp_path, "words: [no, on, 1:30]\n").words == ("no", "on", "1:30")


def test_a_missing_file_and_a_foreign_encoding_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="No such file"):
        PolicySource(tmp_path / "none.yaml", Policy).load()
    (tmp_path / "cp.yaml").write_bytes("words: [верните]".encode("cp1251"))
    with pytest.raises(PolicyError, match="not UTF-8"):
        PolicySource(tmp_path / "cp.yaml", Policy).load()


def test_a_directory_of_ones_own_overrides_the_shipped_policy_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDRESS_POLICIES", raising=False)
    shipped = default_policy("triage")
    assert shipped.parts[-3:] == ("deploy", "policies", "triage.yaml")
    monkeypatch.setenv("REDRESS_POLICIES", str(tmp_path))
    assert default_policy("triage") == shipped
    (tmp_path / "triage.yaml").write_text("{}")
    assert default_policy("triage") == tmp_path / "triage.yaml"
    with pytest.raises(PolicyError, match="REDRESS_POLICIES"):
        default_policy("triage", tmp_path / "nowhere")
