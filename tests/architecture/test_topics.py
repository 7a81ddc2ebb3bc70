"""Topics by constant: named once, in `shared/contracts/topics.py`, and made only by the init job and the embedded broker."""

import ast
import re

from shared.contracts import topics
from shared.contracts.events import SAID
from shared.contracts.topics import ALL, DAY_MS, SERVICES, Topic
from tests.architecture.source import Module, house

DECLARED = "shared/contracts/topics.py"
TOPIC_LIKE = re.compile(rf"[a-z][a-z_]*(\.[a-z_]+)*\.v\d+|({'|'.join(SERVICES)})?\.dlq")
MAKERS = {"shared/platform/bus/topics_admin.py", "shared/platform/bus/embedded.py"}


def topic_literals(module: Module) -> list[str]:
    """String literals that look like the name of a topic."""
    texts = (node for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [f"{module.place}:{node.lineno} {node.value}" for node in texts if TOPIC_LIKE.fullmatch(str(node.value))]


def test_no_topic_is_named_outside_of_its_declaration() -> None:
    assert [found for module in house() if module.place != DECLARED for found in topic_literals(module)] == []


def test_the_check_itself_sees_every_declared_name() -> None:
    names = [topic.name for topic in ALL]
    assert [name for name in names if not TOPIC_LIKE.fullmatch(name)] == []


def test_only_two_modules_can_make_a_topic() -> None:
    makers = {m.place for m in house() if re.search(r"\b(create_topics|rd_kafka_mock_topic_create|NewTopic)\b", m.text)}
    assert makers == MAKERS


def test_every_topic_is_declared_once_and_in_the_list_of_all() -> None:
    named = [value for value in vars(topics).values() if isinstance(value, Topic)]
    assert set(named) <= set(ALL)
    assert len({topic.name for topic in ALL}) == len(ALL)
    assert {f"{service}.dlq" for service in SERVICES} <= {topic.name for topic in ALL}
    assert {event.topic for event in SAID} <= set(ALL)


def test_only_what_upstream_writes_and_what_was_parked_may_hold_raw_words() -> None:
    confidential = {topic.name for topic in ALL if topic.confidential}
    assert confidential == {topics.SUBMITTED.name} | {f"{service}.dlq" for service in SERVICES}
    assert topics.SUBMITTED.retention_ms <= 3 * DAY_MS


def test_an_aggregate_remembers_an_event_for_longer_than_any_topic_can_bring_it_again() -> None:
    from shared.platform.processor.decide import SEEN_MS

    kept = [event.topic.retention_ms for event in SAID if event.topic.cleanup == "delete"]
    assert max(kept) < SEEN_MS
