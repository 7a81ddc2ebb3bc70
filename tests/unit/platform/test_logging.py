"""Log lines: what they carry, and what never gets into one."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.contracts.errors import Problem, Unprocessable
from shared.platform.logging import configure, get_logger, with_context
from shared.platform.redaction import ALLOWED, LONGEST, escaped, foreign, redacted
from shared.platform.seldom import Seldom

WORDS = "Меня зовут Иван, мой телефон +7 916 123-45-67"
log = get_logger("redress.test")


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("json", "info", "intake", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def only(out: io.StringIO) -> dict[str, Any]:
    lines = out.getvalue().splitlines()
    assert len(lines) == 1, lines
    found: dict[str, Any] = json.loads(lines[0])
    return found


def test_a_line_says_when_how_bad_who_and_what(out: io.StringIO) -> None:
    log.warning("parked", topic="complaints.submitted.v1", offset=7, reason="broken_json")
    line = only(out)
    assert list(line)[:4] == ["timestamp", "level", "service", "event"]
    assert line["timestamp"].endswith("Z")
    assert (line["level"], line["service"], line["event"]) == ("warning", "intake", "parked")
    assert (line["topic"], line["offset"], line["reason"]) == ("complaints.submitted.v1", 7, "broken_json")


def test_a_service_named_in_the_line_wins_over_the_process(out: io.StringIO) -> None:
    log.info("x", service="triage")
    assert only(out)["service"] == "triage"


@pytest.mark.parametrize("name", ["text", "email", "phone", "body", "value", "customer", "input", "name", "url", "path", "key"])
def test_a_field_that_is_not_on_the_list_is_dropped_and_named(out: io.StringIO, name: str) -> None:
    log.info("x", **{name: WORDS}, count=1)
    line = only(out)
    assert line["dropped"] == [name]
    assert line["count"] == 1
    assert "Иван" not in out.getvalue()


def test_a_dropped_name_that_is_no_word_of_ours_is_not_shown() -> None:
    assert redacted({WORDS: 1})["dropped"] == ["?"]


def test_context_reaches_every_line_inside_third_parties_too_and_ends_with_it(out: io.StringIO) -> None:
    with with_context(complaint_id="c_1", correlation_id="r1"):
        log.info("inside")
        logging.getLogger("somebody").warning("also inside")
    log.info("outside")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line.get("complaint_id") for line in lines] == ["c_1", "c_1", None]


def test_an_exception_is_told_by_type_reason_and_place_never_by_message(out: io.StringIO) -> None:
    try:
        try:
            dict[str, int]()[WORDS]
        except KeyError as error:
            raise Unprocessable("not_finite", [Problem(WORDS, WORDS)]) from error
    except Unprocessable:
        log.exception("decoding failed")
    line = only(out)
    assert line["error"] == "shared.contracts.errors.Unprocessable"
    assert (line["reason"], line["cause"]) == ("not_finite", "KeyError")
    assert line["trace"][-1].startswith("tests/unit/platform/test_logging.py:")
    assert "123-45-67" not in out.getvalue()
    assert "Иван" not in out.getvalue()


def test_pydantic_and_json_errors_do_not_show_the_input(out: io.StringIO) -> None:
    class Model(BaseModel):
        count: int

    with pytest.raises(ValidationError) as wrong:
        Model.model_validate({"count": WORDS})
    log.error("a", error=wrong.value)
    log.error("b", exc_info=wrong.value)
    with pytest.raises(json.JSONDecodeError) as broken:
        json.loads(WORDS)
    log.error("c", exc_info=broken.value)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["error"].rpartition(".")[2] for line in lines] == ["ValidationError", "ValidationError", "JSONDecodeError"]
    assert "123-45-67" not in out.getvalue()


@pytest.mark.parametrize("bad", ["a\nlevel=error", "\x1b[31mred", "a\u202eb", "a\u2028b", "a\r\nb", "\x00", "\ud800"])
def test_a_value_cannot_begin_a_new_line_or_command_a_terminal(bad: str) -> None:
    assert escaped(bad).isprintable()


@given(st.text())
def test_whatever_is_logged_stays_one_printable_line_of_bounded_length(text: str) -> None:
    line = escaped(text)
    assert len(line) <= LONGEST + 1
    assert not any(letter in line for letter in "\n\r\x1b\u2028\u2029\u0085")
    line.encode()


FIELD = st.sampled_from(sorted(ALLOWED)) | st.text(max_size=10)


@settings(max_examples=50)
@given(st.dictionaries(FIELD, st.none() | st.text() | st.lists(st.text() | st.binary(), max_size=3), max_size=4))
def test_redaction_gives_json_whatever_it_is_given(fields: dict[str, Any]) -> None:
    json.dumps(redacted(fields))


def test_an_object_in_an_allowed_field_is_shown_by_its_type(out: io.StringIO) -> None:
    log.info("x", error=ValueError(WORDS), topics=["a", {"text": WORDS}])
    line = only(out)
    assert line["error"] == "ValueError"
    assert line["topics"] == ["a", "dict"]


@pytest.mark.parametrize(
    ("message", "args", "expected"),
    [
        ("node %s: %s", (3, ValueError("ivan@example.com")), "node 3: ValueError"),
        ("topic %s of %d", ("cases.v1", 7), "topic cases.v1 of 7"),
        ("value %s", (WORDS,), "value …"),
        ("%(topic)s %(text)s", {"topic": "cases.v1", "text": "free words"}, "cases.v1 …"),
        ("cannot reach mongodb://root:pw@db:27017", (), "cannot reach …db:27017"),
        ("bad record from ivan@example.com or +7 916 123-45-67", (), "bad record from … or …"),
        ("odd %d", ("x",), "odd %d"),
    ],
)
def test_a_third_partys_line_keeps_its_template_and_harmless_arguments(message: str, args: Any, expected: str) -> None:
    assert foreign(message, args) == expected


def test_an_exception_written_into_a_third_partys_message_is_taken_out(out: io.StringIO) -> None:
    error = ValueError("the parcel never came")
    logging.getLogger("somebody").error(f"{type(error).__name__}: {error} / {error!r}", exc_info=error)
    assert only(out)["event"] == "ValueError: ValueError / ValueError"


@pytest.mark.parametrize("name", ["aiokafka.consumer", "faststream", "pymongo.command", "httpx2"])
def test_third_parties_that_print_content_stay_quiet_below_warning_at_any_level(out: io.StringIO, name: str) -> None:
    configure("json", "debug", "intake", out)
    logging.getLogger(name).info("key and value")
    assert out.getvalue() == ""
    logging.getLogger(name).warning("trouble")
    assert only(out)["event"] == "trouble"


def test_warnings_of_libraries_do_not_print_values(out: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"unexpected value {WORDS}", UserWarning, stacklevel=1)
    assert "123-45-67" not in out.getvalue()
    assert only(out)["logger"] == "py.warnings"


def test_below_the_level_nothing_is_written(out: io.StringIO) -> None:
    log.debug("x")
    assert out.getvalue() == ""


def test_a_terminal_gets_readable_lines_and_a_pipe_gets_json(out: io.StringIO) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        configure("auto", "info", "intake", stream)
        log.info("started", port=8081)
    assert "started" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert json.loads(pipe.getvalue())["port"] == 8081


def test_what_a_third_party_repeats_is_said_once_a_while_and_counted() -> None:
    now = 0.0
    seldom = Seldom(("aiokafka",), seconds=10, clock=lambda: now)

    def passes(name: str, sentence: str) -> str:
        record = logging.LogRecord(name, logging.ERROR, "", 1, sentence, ("127.0.0.1",), None)
        return record.msg if seldom.filter(record) else ""

    assert [passes("aiokafka.conn", "gone: %s") for _ in range(3)] == ["gone: %s", "", ""]
    assert passes("aiokafka.conn", "back: %s") == "back: %s"
    assert passes("aiokafka.consumer", "gone: %s") == "gone: %s"
    assert passes("shared.platform", "gone: %s") == passes("shared.platform", "gone: %s") == "gone: %s"
    now = 10.0
    assert passes("aiokafka.conn", "gone: %s") == "gone: %s (and 2 more like this)"
    now = 20.0
    assert passes("aiokafka.conn", "gone: %s") == "gone: %s"
