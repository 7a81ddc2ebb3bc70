"""What makes a start impossible is said in the operator's language, with the variable, the file and the remedy."""

import errno
from pathlib import Path

import pytest

from deploy.cli import run
from deploy.cli.refusing import problems_of, refuse
from deploy.cli.words.refusals import WRONG
from shared.platform.policy import PolicyError, PolicyProblem
from shared.platform.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def russian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_LANG", "ru")


@pytest.mark.parametrize("said", WRONG)
def test_each_sentence_keeps_its_gaps(said: str) -> None:
    assert said.count("{}") >= WRONG[said].count("{}")
    assert any("а" <= letter <= "я" for letter in WRONG[said].lower()) or WRONG[said] == "{}: {}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("up --foo", "Нет такого параметра: --foo"),
        ("publish --skp x", "Нет такого параметра: --skp; похожие: --map, --set"),
        ("run", "Не хватает аргумента 'service'"),
        ("nope", "Нет такой команды: 'nope'"),
        ("cases --limit x", "'--limit': 'x' — не целое число"),
    ],
)
def test_a_wrong_invocation_is_told_in_one_sentence_and_a_remedy(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words.split()) == 2
    assert capsys.readouterr().err.splitlines()[0] == told


@pytest.mark.parametrize("words", ["--help", "publish --help", "dlq --help", "dlq list --help"])
def test_the_help_is_russian_to_its_last_line(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(words.split())
    assert "Show this message" not in (out := capsys.readouterr().out)
    assert "Показать эту справку" in out


def test_a_wrong_policy_file_is_told_in_russian_by_policy_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "triage.yaml").write_text("nonsense: 1\n")
    assert run(["policy", "check", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "nonsense: такого ключа в политике нет" in out
    assert "is not" not in out


def test_wrong_settings_name_the_variable_and_what_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_KAFKA", "kafka://x")
    monkeypatch.setenv("REDRESS_INTAKE_PORT", "abc")
    with pytest.raises(SettingsError) as refused:
        load_settings(None)
    assert sorted(problems_of(refused.value)) == [
        "REDRESS_INTAKE_PORT: нужно целое число",
        "REDRESS_KAFKA: пишите хост:порт, несколько через запятую, без kafka://",
    ]


def test_a_wrong_policy_names_file_line_and_path() -> None:
    problem = PolicyProblem(Path("triage.yaml"), 7, "weights.injurry", "is not a key that this policy knows", "did you mean `x`?")
    assert problems_of(PolicyError([problem])) == [
        "triage.yaml:7: weights.injurry: такого ключа в политике нет; может быть, `x`?"
    ]


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.EACCES, "нет прав"), (errno.ENOTDIR, "лежит файл"), (errno.ENOSPC, "нет места"), (errno.EROFS, "чтения")],
)
def test_a_home_that_cannot_be_written_is_no_fault_of_ours(number: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refuse(OSError(number, "x", "/srv/redress")).exit_code == 1
    said = capsys.readouterr().err
    assert "/srv/redress" in said and told in said and "REDRESS_HOME" in said
