"""The documents say only what is there: commands, settings, metrics, routes, events and examples exist and fit."""

import ast
import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel
from ruamel.yaml import YAML

from deploy.cli import VERBS, build
from deploy.cli.config import NOT_SETTINGS
from deploy.cli.policy import MODELS
from services.intake.upstream import read_submission
from shared.contracts.events import SAID
from shared.contracts.topics import ALL, SUBMITTED
from shared.platform import metrics
from shared.platform.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "services").glob("*/README.md")])
GUIDES = ROOT / "docs" / "guides"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAME_IN_BOTH = ("bash", "python", "json", "yaml", "java")
"""Languages of code; a `text` or `mermaid` block is read by people and so translated."""

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def blocks(page: Path, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(text_of(page)) if language in languages]


def prose_of(page: Path) -> str:
    return FENCE.sub("", text_of(page))


def table_under(page: Path, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = text_of(page).split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


# -- the two READMEs ----------------------------------------------------------------------------------------------------


def test_both_readmes_have_the_same_sections_in_the_same_order():
    levels = [re.findall(r"^(#+) ", FENCE.sub("", text_of(ROOT / name)), re.MULTILINE) for name in ("README.md", "README.ru.md")]
    assert levels[0] == levels[1]
    assert len(levels[0]) > 8


def test_both_readmes_show_the_same_code():
    english, russian = (FENCE.findall(text_of(ROOT / name)) for name in ("README.md", "README.ru.md"))
    assert [language for language, _ in english] == [language for language, _ in russian]
    for (language, ours), (_, theirs) in zip(english, russian, strict=True):
        assert language not in SAME_IN_BOTH or ours == theirs


def test_both_readmes_link_to_the_same_pages_and_name_the_same_commands():
    def named(name: str) -> tuple[set[str], set[str]]:
        prose = prose_of(ROOT / name)
        return set(re.findall(r"\]\(([^)]+)\)", prose)) - {"README.md", "README.ru.md"}, set(re.findall(r"`([^`]+)`", prose))

    assert named("README.md") == named("README.ru.md")


def test_both_readmes_show_the_same_figures_of_the_demo():
    shown = [next(body for body in blocks(ROOT / name, "text") if "in_flight" in body) for name in ("README.md", "README.ru.md")]
    line = [next(line for line in body.splitlines() if "in_flight" in line) for body in shown]
    assert re.findall(r"\d+", line[0]) == re.findall(r"\d+", line[1])
    assert line[0].rstrip(" │").endswith("unaccounted 0")


def test_both_readmes_are_really_in_their_languages():
    letters = [len(re.findall(r"[а-яё]", prose_of(ROOT / name), re.IGNORECASE)) for name in ("README.md", "README.ru.md")]
    assert letters[0] < 100
    assert letters[1] > 3000


# -- names that must exist ----------------------------------------------------------------------------------------------


@cache
def settings_known() -> set[str]:
    names = {f"REDRESS_{name.upper()}" for name in Settings.model_fields}
    return names | {f"{name}_FILE" for name in names} | {*NOT_SETTINGS}


@by_page
def test_every_variable_that_is_named_is_a_setting(page: Path):
    named = set(re.findall(r"\bREDRESS_[A-Z][A-Z_]*[A-Z]\b", text_of(page)))
    assert {name for name in named if not name.startswith("REDRESS_TEST_")} <= settings_known()


@by_page
def test_every_make_target_that_is_named_exists(page: Path):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    said = re.findall(r"`(make [^`]+)`", prose_of(page)) + [line for body in blocks(page, "bash") for line in body.splitlines()]
    named = {call.split()[1] for call in said if call.startswith("make ")}
    assert named <= targets


@cache
def command_line(verb: str) -> Any:
    """The command line as it is built for one verb: others are named in it and have no options."""
    return typer.main.get_command(build([verb]))


def called(page: Path) -> list[str]:
    """Every call of `redress` in a page, in backticks or in a block of commands."""
    lines = [line for body in blocks(page, "bash") for line in re.sub(r"\\\n\s*", " ", body).splitlines()]
    inline = re.findall(r"`((?:\.venv/bin/)?redress(?: [^`]+)?)`", prose_of(page))
    found = [match[1] for line in (*lines, *inline) if (match := re.match(r"(?:\.venv/bin/)?redress(?: (.*))?$", line.strip()))]
    return [call for call in found if call]


def mistake_in(call: str) -> str:
    """What the command line does not know in a call; empty when all of it exists. Operands are not looked at."""
    words = shlex.split(call)
    command = command_line(words[0])
    while words and hasattr(command, "commands"):
        word = words.pop(0)
        if word not in command.commands:
            return f"no verb {word!r} in `redress {call}`"
        command = command.commands[word]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    strange = [word for word in words if word.startswith("--") and word not in options]
    return f"no option {strange[0]} in `redress {call}`" if strange else ""


@by_page
def test_every_verb_and_option_of_the_command_line_that_is_named_exists(page: Path):
    assert not [mistake for call in called(page) if (mistake := mistake_in(call))]


def test_calls_are_found_and_mistakes_in_them_are_seen():
    assert len({call for page in PAGES for call in called(page)}) > 25
    assert not mistake_in("counts --wait 60")
    assert mistake_in("conuts --wait 60") and mistake_in("counts --wiat 60") and mistake_in("dlq drop")


def test_the_readme_names_every_verb():
    assert set(VERBS) == {call.split()[0] for call in called(ROOT / "README.md")}


@cache
def routes() -> dict[str, set[str]]:
    """Path to methods, of all services."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / "docs" / "openapi").glob("*.json"):
        for path, methods in json.loads(file.read_text("utf-8"))["paths"].items():
            found.setdefault(path, set()).update(method.upper() for method in methods)
    return found


@by_page
def test_every_route_that_is_named_exists(page: Path):
    named = re.findall(r"\b(GET|POST|PUT|PATCH|DELETE) (/[\w/{}.-]+)", prose_of(page))
    assert not [(method, path) for method, path in named if method not in routes().get(path, ())]


def test_the_guide_of_the_desk_leaves_no_route_out():
    named = set(re.findall(r"`(?:GET|POST) (/[\w/{}.-]+)", text_of(GUIDES / "desk-api.md")))
    desk = {path for path in routes() if path.startswith(("/v1/cases", "/v1/offers", "/v1/surveys", "/s/"))}
    assert desk <= named


@by_page
def test_every_file_that_is_named_by_its_place_exists(page: Path):
    named = set(re.findall(r"`((?:shared|services|deploy|tests|docs)/[\w./-]+)`", prose_of(page)))
    assert not {name for name in named if "/X" not in name and not (ROOT / name).exists()}


def test_every_decision_is_in_the_list_and_says_all_that_a_decision_must():
    places = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    listed = re.findall(r"\]\((0[\w-]+\.md)\) \| (.+) \|", text_of(ROOT / "docs" / "decisions" / "README.md"))
    assert [place.name for place in places if "perf" not in place.name] == [name for name, _ in listed if "perf" not in name]
    for place in places:
        for part in ("Context", "Decision", "Consequences", "Rejected", "Look again when"):
            assert f"**{part}" in text_of(place), f"{place.name} has no {part}"
    for name, title in listed:
        assert text_of(ROOT / "docs" / "decisions" / name).startswith(f"# {int(name[:4])}. {title.strip()}\n")


# -- tables that must be complete ---------------------------------------------------------------------------------------


def test_the_guide_has_every_metric_with_its_labels_and_its_sentence():
    declared = []
    for metric in (each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)):
        family = next(iter(metric.describe()))
        name = family.name + ("_total" if family.type == "counter" else "")
        declared.append([f"`{name}`", ", ".join(metric._labelnames), family.documentation])
    assert table_under(GUIDES / "operators.md", "Metrics") == declared


@by_page
def test_every_metric_that_is_named_exists(page: Path):
    known = {row[0].strip("`") for row in table_under(GUIDES / "operators.md", "Metrics")}
    named = set(re.findall(r"`(redress_[a-z_]+)(?:\{[^}]*\})?`", prose_of(page)))
    others = {f"redress_{service}" for service in MODELS} | {f"redress_{name}" for name in Settings.model_fields}
    assert named <= known | others


def test_the_architecture_shows_every_topic_with_its_key_and_its_events():
    rows = table_under(ROOT / "ARCHITECTURE.md", "The flow")
    shown = {name: row for row in rows for name in re.findall(r"`([\w.]+)`", row[0])}
    assert set(shown) == {topic.name for topic in ALL}
    for topic in ALL:
        assert shown[topic.name][1] in (topic.key, "the sender's message id")
        said = {event.__name__ for event in SAID if event.topic == topic}
        said |= {"ComplaintSubmitted"} if topic == SUBMITTED else set()
        assert set(re.findall(r"`(\w+)`", shown[topic.name][3])) == said


def test_the_guide_for_upstream_teams_names_every_reason_of_refusal():
    sources = [*(ROOT / "shared" / "contracts").glob("*.py"), ROOT / "services" / "intake" / "upstream.py"]
    sources += [ROOT / "services" / "intake" / "domain" / name for name in ("fingerprint.py", "receipt.py")]
    sources += [ROOT / "shared" / "platform" / "processor" / "decode.py", ROOT / "shared" / "platform" / "http" / "guard.py"]
    code = "\n".join(source.read_text("utf-8") for source in sources)
    reasons = set(re.findall(r"(?:(?:Unprocessable|_refuse)\(\s*|41[35]: )\"(\w+)\"", code)) - {"no_event_type"}
    named = set(re.findall(r"`(\w+)`", " ".join(row[0] for row in table_under(GUIDES / "upstream.md", "What is refused"))))
    assert reasons == named


# -- examples that must work --------------------------------------------------------------------------------------------


@by_page
def test_every_python_example_is_python(page: Path):
    for body in blocks(page, "python"):
        whole = body if not body.startswith("@") else f"{body}    ...\n"
        ast.parse(whole)


@by_page
def test_every_json_example_is_json(page: Path):
    for body in blocks(page, "json"):
        json.loads(body)


def test_every_complaint_in_the_guides_is_taken():
    bodies = [body for page in (GUIDES / "upstream.md", ROOT / "README.md") for body in complaints_in(page)]
    assert len(bodies) >= 7
    for body in bodies:
        assert read_submission(body.encode()).source_id


def complaints_in(page: Path) -> list[str]:
    """Complaints as JSON, in commands, and as dictionaries of Python and text blocks of Java."""
    found = [body for body in blocks(page, "json") if '"channel"' in body]
    found += [match for body in blocks(page, "bash") for match in re.findall(r"-d '(\{\"channel\".*?\})'", body)]
    for body in blocks(page, "python"):
        for node in ast.walk(ast.parse(body)):
            if isinstance(node, ast.Dict) and any(isinstance(key, ast.Constant) and key.value == "channel" for key in node.keys):
                found.append(json.dumps(ast.literal_eval(node)))
    found += [
        match.replace("%s", "id") for body in blocks(page, "java") for match in re.findall(r'"""\n(.*?)"""', body, re.DOTALL)
    ]
    return found


def test_every_policy_in_the_guide_can_be_used_in_place_of_the_shipped_one():
    yaml = YAML(typ="safe", pure=True)
    seen = set()
    for body in blocks(GUIDES / "policies.md", "yaml"):
        service, _, merged = body.splitlines()[0].removeprefix("# ").partition(": ")
        policy = shipped(service, yaml)
        for key, value in yaml.load(body).items():
            policy[key] = policy[key] | value if key == merged else value
        made: BaseModel = MODELS[service].model_validate(policy)
        assert made is not None
        seen.add(service)
    assert seen == set(MODELS)


def shipped(service: str, yaml: YAML) -> dict[str, Any]:
    return dict(yaml.load((ROOT / "deploy" / "policies" / f"{service}.yaml").read_text("utf-8")))
