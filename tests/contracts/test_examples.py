"""Every recorded example is understood by everyone who hears it, today and whatever tomorrow adds to it."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.contracts.examples import DIRECTORY, Example, examples
from deploy.contracts.schemas import file_of, schema_files
from deploy.local import SERVICES_AS_DATA, readers
from services.intake.upstream import read_submission
from shared.contracts.cloudevents import STRUCTURED
from shared.contracts.events import BY_TYPE, SAID, SUBMITTED_TYPE, CustomerErased, Submission
from shared.contracts.events.submitted import VARIANTS, OtherComplaint
from shared.contracts.json_schema import inlined
from shared.contracts.topics import SUBMITTED, Topic
from shared.platform.processor.decode import Decoder, Record
from shared.platform.service import Service
from tests.contracts.walking import changed, vocabulary_of

RECORDED = examples()
SCHEMAS = {name: inlined(schema) for name, schema in schema_files().items()}


def _topic(example: Example) -> Topic:
    return SUBMITTED if example.type == SUBMITTED_TYPE else BY_TYPE[example.type].topic


SUBSCRIBED = [(s, e) for s in SERVICES_AS_DATA for e in RECORDED if s.name in readers().get(_topic(e).name, ())]


def _heard(service: Service, example: Example, body: Any = None, structured: bool = False) -> list[Any]:
    """What the service's own decoder makes of the record, in binary or structured mode."""
    decoder = Decoder(service, lambda _: "run", read_submission if service.name == "intake" else None)
    content = example.body if body is None else body
    headers, value = list(example.raw_headers), json.dumps(content, ensure_ascii=False).encode()
    if structured:
        said = {name.removeprefix("ce_"): text for name, text in example.headers.items() if name.startswith("ce_")}
        headers, value = [("content-type", STRUCTURED.encode())], json.dumps(said | {"data": content}).encode()
    topic = _topic(example)
    return [item.message for item in decoder.items_of(topic, Record(topic.name, 0, 0, b"key", value, headers))]


def _listens(service: Service, example: Example) -> bool:
    event = BY_TYPE.get(example.type, Submission)
    return event is CustomerErased or event in service.hearings


def _named(pairs: list[tuple[Service, Example]]) -> list[str]:
    return [f"{service.name} {example.name}" for service, example in pairs]


LISTENED = [(service, e) for service, e in SUBSCRIBED if _listens(service, e)]
PASSED_BY = [(service, e) for service, e in SUBSCRIBED if not _listens(service, e)]


@pytest.mark.parametrize(("service", "example"), LISTENED, ids=_named(LISTENED))
def test_whoever_listens_understands_an_example_alike_in_both_modes(service: Service, example: Example) -> None:
    binary = _heard(service, example)
    assert binary
    if example.headers:
        assert _heard(service, example, structured=True) == binary


@pytest.mark.parametrize(("service", "example"), PASSED_BY, ids=_named(PASSED_BY))
def test_a_known_event_that_a_service_does_not_handle_is_passed_by(service: Service, example: Example) -> None:
    assert _heard(service, example) == []


@pytest.mark.parametrize("example", RECORDED, ids=lambda e: e.name)
def test_an_example_fits_its_published_schema(example: Example) -> None:
    problems = [error.message for error in Draft202012Validator(SCHEMAS[file_of(example.type)]).iter_errors(example.body)]
    assert problems == []


@pytest.mark.parametrize(("service", "example"), LISTENED, ids=_named(LISTENED))
def test_fields_of_tomorrow_are_ignored_wherever_they_stand(service: Service, example: Example) -> None:
    def richer(part: Any, _: Any) -> Any:
        return part | {"field_of_tomorrow": {"a": [1, "б"]}} if isinstance(part, dict) else part

    body = changed(example.body, SCHEMAS[file_of(example.type)], richer)
    assert body != example.body
    assert _heard(service, example, body) == _heard(service, example)


SPOKEN = [e for e in RECORDED if e.type in BY_TYPE]


@pytest.mark.parametrize("example", SPOKEN, ids=lambda e: e.name)
def test_words_of_tomorrow_are_read_as_other_wherever_they_stand(example: Example) -> None:
    def replaced(word: str) -> Any:
        return lambda part, schema: word if isinstance(part, str) and vocabulary_of(schema) else part

    schema = SCHEMAS[file_of(example.type)]
    body = changed(example.body, schema, replaced("a_word_of_tomorrow"))
    read = BY_TYPE[example.type].model_validate_json(json.dumps(body))
    assert read == BY_TYPE[example.type].model_validate(changed(example.body, schema, replaced("other")))
    assert list(Draft202012Validator(schema).iter_errors(body)) == [], "a reader that validates must survive it too"


def test_the_words_of_most_examples_were_really_replaced() -> None:
    def words_in(example: Example) -> int:
        found: list[bool] = []
        changed(example.body, SCHEMAS[file_of(example.type)], lambda _, schema: found.append(bool(vocabulary_of(schema))))
        return sum(found)

    assert words_in(next(e for e in SPOKEN if e.name == "CaseEscalated.v1.1")) >= 7
    assert sum(1 for e in SPOKEN if words_in(e)) >= 20


def test_a_channel_of_tomorrow_is_taken_with_the_fields_that_all_channels_have() -> None:
    example = next(e for e in RECORDED if e.name == "ComplaintSubmitted.v1.5")
    body = example.body | {"channel": "hologram"}
    (taken,) = _heard(SERVICES_AS_DATA[0], example, body)
    assert isinstance(taken, OtherComplaint)
    assert (taken.channel, taken.text) == ("hologram", example.body["text"])
    assert Draft202012Validator(SCHEMAS[file_of(SUBMITTED_TYPE)]).is_valid(body)


@pytest.mark.parametrize("channel", VARIANTS)
def test_a_known_channel_with_a_wrong_field_is_refused_by_the_schema_as_well(channel: str) -> None:
    body = {"channel": channel, "source_id": "x-1", "text": "…", "received_at": ["not a time"]}
    assert not Draft202012Validator(SCHEMAS[file_of(SUBMITTED_TYPE)]).is_valid(body)
    assert Draft202012Validator(SCHEMAS[file_of(SUBMITTED_TYPE)]).is_valid(body | {"received_at": "2026-03-17T10:42:01+03:00"})


def test_each_event_is_shown_once_at_its_fullest_and_every_channel_is_shown() -> None:
    firsts = Counter(e.type for e in RECORDED if e.name.endswith(".1"))
    assert firsts == Counter({event.type_name() for event in SAID} | {SUBMITTED_TYPE})
    submitted = [e.body["channel"] for e in RECORDED if e.type == SUBMITTED_TYPE]
    assert set(submitted) == set(VARIANTS)


@pytest.mark.parametrize("event", SAID, ids=lambda e: e.__name__)
def test_some_example_of_an_event_lacks_whatever_may_be_absent(event: Any) -> None:
    optional = {name for name, field in event.model_fields.items() if not field.is_required()}
    shown = [set(e.body) for e in RECORDED if e.type == event.type_name()]
    assert all(any(name not in fields for fields in shown) for name in optional)


def test_examples_are_in_both_languages_and_name_nobody_who_could_exist() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(DIRECTORY.glob("*.json")))
    assert re.search("[а-яё]", text)
    assert "I want my money back" in text
    hosts = set(re.findall(r"@([a-z0-9.-]+\.[a-z]+)|https?://([a-z0-9.-]+)", text))
    assert hosts
    assert all((mail or web).removesuffix(".").endswith(("example.com", "example.ru")) for mail, web in hosts)
