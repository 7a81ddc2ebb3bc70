"""Every sentence exists in both languages, is used, and fits the gaps that its users fill."""

import ast
import re
import string
from pathlib import Path

import pytest

import deploy
from deploy.cli import VERBS
from deploy.cli.words import NOUNS, WORDS, language, problems, say, some, tale, term, terms, wrong
from services.intake.upstream import read_submission
from shared.contracts.errors import Unprocessable
from shared.platform.faults import OTHERWISE, REMEDIES

HOME = Path(deploy.__file__).parent
SOURCES = {path: path.read_text("utf-8") for part in ("cli", "demo") for path in (HOME / part).glob("*.py")}
SAME = re.compile(r"^[A-Z]*$|^[^A-Za-zА-Яа-я]*$")
"""What is the same in both languages: grades, signs, gaps alone."""
PROPER = {
    "doctor.check.python",
    "doctor.check.kafka",
    *(f"doctor.check.{s}" for s in ("intake", "triage", "escalation", "followup")),
}


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_fill_the_same_gaps():
    for key, (english, russian) in WORDS.items():
        assert gaps(english) == gaps(russian), key


def test_english_is_english_and_russian_is_russian():
    for key, (english, russian) in {**WORDS, **terms.TERMS, **tale.PHRASES}.items():
        assert not re.search("[А-Яа-яЁё]", english), key
        words = re.sub(r"\{\w*\}", "", russian)
        assert re.search("[А-Яа-яЁё]", words) or SAME.match(words.strip(" ·:,→")) or key in PROPER, key


def test_every_sentence_that_is_said_exists_and_every_one_that_exists_is_said():
    text = "\n".join(SOURCES.values())
    literal = set(re.findall(r"""say\(\s*["']([\w.-]+)["']""", text)) | set(re.findall(r'"((?:\w+\.)+[\w-]+)"', text)) & set(
        WORDS
    )
    assert literal <= set(WORDS)
    beginnings = set(re.findall(r"""say\(\s*f["']([\w.]+?)\{""", text)) | {"trouble.", "remedy.", "said.", "heard."}
    unused = [key for key in WORDS if key not in literal and not any(key.startswith(begin) for begin in beginnings)]
    assert unused == []


def test_every_trouble_has_its_sentence_and_a_remedy():
    for path, text in SOURCES.items():
        for key, comma, remedy in re.findall(r'\btrouble\(\s*"(\w+)"(,\s*(?!\w+=))?(?:"(\w+)")?', text):
            assert f"trouble.{key}" in WORDS, (path.name, key)
            if remedy or not comma:
                assert f"remedy.{remedy or key}" in WORDS, (path.name, remedy or key)


def test_every_verb_has_a_line_of_help():
    assert {f"help.{verb}" for verb in VERBS} <= set(WORDS)


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [(1, "1 record", "1 запись"), (2, "2 records", "2 записи"), (5, "5 records", "5 записей"), (11, "11 records", "11 записей"),
     (21, "21 records", "21 запись"), (112, "112 records", "112 записей"), (0, "0 records", "0 записей")],
)  # fmt: skip
def test_numbers_agree_with_their_nouns(monkeypatch, number, english, russian):
    monkeypatch.setenv("REDRESS_LANG", "en")
    assert some(number, "record") == english
    monkeypatch.setenv("REDRESS_LANG", "ru")
    assert some(number, "record") == russian


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({"LANG": "ru_RU.UTF-8"}, "ru"), ({"LANG": "ru_RU", "REDRESS_LANG": "en"}, "en"), ({"LANG": "C"}, "en"), ({}, "en"),
     ({"LANG": "ru_RU", "LC_ALL": "de_DE"}, "en"), ({"LANG": "en_GB", "LC_MESSAGES": "ru_RU"}, "ru"),
     ({"REDRESS_LANG": "RU"}, "ru")],
)  # fmt: skip
def test_our_own_variable_wins_over_the_locale(monkeypatch, variables, expected):
    for name in ("REDRESS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_an_unknown_term_stays_readable(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    assert term("second_line") == "second line"
    assert term("closed") == "закрыто"
    assert say("dlq.none").startswith("Отложенных")


def said_of_inputs() -> set[str]:
    """Every message and remedy that the code writes into a problem, gaps for what is filled in."""
    found: set[str] = set()
    for part in ("shared/contracts", "shared/platform/processor", "shared/platform/replay.py", "services/intake"):
        place = HOME.parent / part
        for path in [place] if place.suffix else place.rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
                if name in ("Problem", "_refuse", "_wrong"):
                    found |= {text for argument in call.args[1:3] if (text := as_text(argument))}
    return found


def as_text(argument: ast.expr) -> str:
    if isinstance(argument, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in argument.values)
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def test_what_services_find_wrong_with_an_input_can_be_said_in_russian():
    assert len(said_of_inputs()) > 30
    assert {said for said in said_of_inputs() if problems.in_russian(said) is None} == set()


def test_every_remedy_for_what_a_schema_finds_wrong_can_be_said_in_russian():
    assert [remedy for remedy in {*REMEDIES.values(), OTHERWISE} if problems.in_russian(remedy) is None] == []


def test_why_replays_and_effects_are_refused_can_be_said_in_russian():
    raised: set[str] = set()
    for name in ("replay.py", "unknown_effects.py"):
        tree = ast.parse((HOME.parent / "shared" / "platform" / name).read_text("utf-8"))
        raises = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
        raised |= {as_text(call.args[0]) for call in raises if getattr(call.func, "id", "") == "ValueError"}
    assert len(raised) == 6
    assert {said for said in raised if problems.in_russian(said) is None} == set()


def test_what_the_schema_finds_wrong_can_be_said_in_russian(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    given = {
        **{"channel": "review", "source_id": 5, "text": "", "customer": "Anna", "subject": "x" * 301, "rating": 9},
        **{"is_public": "maybe", "attachments": "a", "country": 1},
    }
    with pytest.raises(Unprocessable) as error:
        read_submission(given)
    assert len(error.value.problems) == 9 - 1
    assert [p.message for p in error.value.problems if not re.search("[а-я]", wrong(p.message))] == []
    assert wrong("a sentence of a newer service") == "a sentence of a newer service"


def test_every_noun_has_all_its_forms():
    assert all(len(english) == 2 and len(russian) == 3 for english, russian in NOUNS.values())
