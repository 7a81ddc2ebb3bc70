"""Row 27: marks in everything a person may type; afterwards nothing but the vault's ciphertext knows them."""

import asyncio
import io
import logging
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from shared.contracts import topics
from shared.contracts.topics import SERVICES
from shared.platform.logging import configure
from tests.flow.people import DAY, HOUR, World, running

PHONE, CARD, PASSPORT = "+7 916 555-87-41", "4276 3801 2345 6789", "45 08 776231"
MAIL = "canary.owl@example.org"
MARKS = (
    "916 555-87-41",
    "79165558741",
    "4276 3801 2345 6789",
    "4276380123456789",
    "45 08 776231",
    "4508776231",
    "canary.owl",
    "Zanzibarov",
)
"""What may stand nowhere in plain: contacts and documents as typed and as normalised, and the name."""
SECRET_WORDS = (
    "kookaburra-note",
    "kookaburra-answer",
    "kookaburra-survey",
    "kookaburra-reason",
    "kookaburra-file",
    "kookaburra-subject",
)
"""Words of agents and customers that are sealed whole."""


def complaint(channel: str, number: int) -> dict[str, Any]:
    """Every field that may be personal holds a mark."""
    return {
        "channel": channel,
        "source": "canary",
        "source_id": f"c-{channel}-{number}",
        "subject": "Чайник и телефон " + PHONE,
        "text": f"Чайник течёт. Звоните {PHONE}, пишите {MAIL}, карта {CARD}, паспорт {PASSPORT}. Верните деньги.",
        "customer": {"name": "Zanzibarov", "email": MAIL, "phone": PHONE},
        "attachments": [{"name": f"kookaburra-file-{PHONE}.jpg", "content_type": "image/jpeg", "size": 10}],
    }


async def lived_through(world: World) -> None:
    """Every door, both ways of failing, an agent's words and a customer's."""
    names = []
    for number, channel in enumerate(("web", "email", "chat", "phone", "social", "review", "in_person")):
        body = complaint(channel, number)
        answer = await world.post("intake", "/v1/complaints", body)
        assert answer.status_code == 202, answer.text
        names.append(answer.json()["complaint_id"])
        await world.publish(world.json(body | {"source_id": f"t-{channel}"}))
    broken = world.json(complaint("web", 99))
    await world.publish(
        broken[:-20], broken.replace(b'"web"', b"7"), world.json(complaint("web", 0) | {"text": "другой " + PHONE})
    )
    for bad in (broken[:-20], broken.replace(b'"text"', b'"txet"'), world.json(complaint("web", 0) | {"text": CARD})):
        await world.knock(bad, {"Content-Type": "application/json", "Idempotency-Key": "k", "X-Note": PHONE.replace(" ", "")})
    await world.quiet()
    name = names[0]
    for path, body in (
        ("take", {}),
        ("notes", {"text": "kookaburra-note " + PHONE}),
        ("escalate", {"reason": "kookaburra-reason " + CARD}),
        ("resolve", {"remedy": "refund", "answer": "kookaburra-answer, Zanzibarov"}),
    ):
        answer = await world.post("escalation", f"/v1/cases/{name}/{path}", body)
        assert answer.status_code < 300, answer.text
    await world.quiet()
    await world.move_to(world.now + 2 * HOUR)
    token = world.survey_of(name, 1)
    await world.answer(token, score=1, solved=False, words="kookaburra-survey " + MAIL)
    await world.move_to(world.now + 2 * DAY)


def topics_of(servers: str) -> dict[str, bytes]:
    """All that lies in every topic but the one that may be raw: keys, headers, bodies."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "canary", "enable.auto.commit": False, "log_level": 0})
    found: dict[str, bytes] = {}
    for topic in topics.ALL:
        if topic is topics.SUBMITTED:
            continue
        parts = [b""]
        for partition in consumer.list_topics(topic.name, timeout=10).topics[topic.name].partitions:
            low, high = consumer.get_watermark_offsets(TopicPartition(topic.name, partition), timeout=10)
            consumer.assign([TopicPartition(topic.name, partition, low)])
            while low < high:
                message = consumer.poll(10)
                assert message is not None and not message.error()
                low = message.offset() + 1
                parts += [message.key() or b"", message.value() or b"", repr(message.headers()).encode()]
        found[topic.name] = b"\n".join(parts)
    consumer.close()
    return found


def marks_in(content: bytes | str, where: str, marks: tuple[str, ...] = MARKS + SECRET_WORDS) -> list[str]:
    """Each mark that stands there in plain."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return [f"{where}: {mark}" for mark in marks if mark in text]


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_row_27_what_people_typed_is_in_no_log_topic_key_header_metric_store_or_answer(tmp_path: Path) -> None:
    log = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure("json", "debug", "canary", log)
    hits: list[str] = []
    places = 0
    try:
        async with running(tmp_path) as world:
            await lived_through(world)
            for topic, content in (await asyncio.to_thread(topics_of, world.broker.servers)).items():
                hits += marks_in(content, f"topic {topic}")
                places += 1
            for service in SERVICES:
                for path in ("/metrics", "/internal/v1/counts", "/internal/v1/parked"):
                    answer = await world.ask("GET", service, path)
                    hits += marks_in(answer.text, f"{service}{path}")
                    places += 1
    finally:
        root.handlers[:], root.level = before
        logging.captureWarnings(False)
    hits += marks_in(log.getvalue(), "log")
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.suffix != ".eml":  # a letter is what its reader gets
            hits += marks_in(path.read_bytes(), f"file {path.name}")
            places += 1
    said = f"{places + 1} places, {len(log.getvalue())} characters of log"
    print(f"\nrow 27: {len(MARKS + SECRET_WORDS)} marks, {said}, {len(hits)} hits")
    assert hits == []
    assert len(log.getvalue()) > 1_000, "the log was looked at"
