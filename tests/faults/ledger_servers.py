"""The ledger of a house on Kafka and MongoDB: what senders were told against topics, databases and letters."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition
from pymongo import MongoClient

from shared.contracts import topics
from shared.contracts.topics import SERVICES
from tests.faults.ledger import Findings, length_of

SAID_BY = {
    topics.REGISTERED.name: "intake",
    topics.TRIAGED.name: "triage",
    topics.CASES.name: "escalation",
    topics.FOLLOWUPS.name: "followup",
}
"""Topics on which one service alone speaks, keyed by the aggregate that speaks."""


@dataclass
class Said:
    """What lies in a topic."""

    raw: int = 0
    first: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Event id to type and subject, in the order of first occurrence within each partition."""
    bodies: dict[str, bytes] = field(default_factory=dict)


def read_topics(servers: str) -> dict[str, Said]:
    """Every event of every topic, as a stranger reads them."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "ledger", "enable.auto.commit": False, "log_level": 0})
    try:
        return {topic.name: _read(consumer, topic.name) for topic in topics.ALL if topic is not topics.SUBMITTED}
    finally:
        consumer.close()


def _read(consumer: Consumer, topic: str) -> Said:
    said = Said()
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in partitions}
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    reached = dict.fromkeys(partitions, 0)
    while any(reached[p] < ends[p] for p in partitions):
        message = consumer.poll(10)
        if message is None or (message.error() and message.error().code() != KafkaError._PARTITION_EOF):
            raise RuntimeError(f"{topic} could not be read: {message and message.error()}")
        headers = {name: value.decode() for name, value in message.headers() or [] if value}
        said.raw += 1
        reached[message.partition()] = message.offset() + 1
        if headers["ce_id"] not in said.first:
            said.first[headers["ce_id"]] = headers["ce_type"].split(".")[1], message.key().decode()
            said.bodies[headers["ce_id"]] = message.value()
    return said


def check_topics(found: Findings, said: dict[str, Said], chains: dict[str, dict[str, list[str]]]) -> None:
    """No fact twice under two names, and what an aggregate said stands in the order in which its history says it."""
    for topic, service in SAID_BY.items():
        facts = Counter((*said[topic].first[name], said[topic].bodies[name]) for name in said[topic].first)
        twice = [fact[:2] for fact, n in facts.items() if n > 1]
        found.expect(not twice, f"{topic}: {len(twice)} facts said twice under two names, e.g. {twice[:2]}")
        told: dict[str, list[str]] = defaultdict(list)
        for kind, subject in said[topic].first.values():
            told[subject].append(kind)
        here = {kind for kind, _ in said[topic].first.values()}
        wrong = [
            subject
            for subject, kinds in told.items()
            if kinds != [kind for kind in chains[service].get(subject, []) if kind in here]
        ]
        found.expect(not wrong, f"{topic}: {len(wrong)} aggregates are told in another order than they lived, e.g. {wrong[:2]}")


def check_databases(found: Findings, uri: str) -> dict[str, dict[str, list[str]]]:
    """What lies in the four databases; gives each aggregate's events in the order of its history, by service."""
    chains = {}
    with MongoClient(uri) as client:  # type: MongoClient[dict[str, Any]]
        for name in SERVICES:
            database = client[f"redress_{name}"]
            rows = {table: list(database[table].find({})) for table in database.list_collection_names()}
            left = [row["_id"] for part in rows.values() for row in part if row.get("pend")]
            found.expect(not left, f"{name}: {len(left)} documents still have something to say")
            chains[name] = _check_history(found, name, rows)
            if name == "followup":
                _check_budgets(found, rows)
    return chains


def _check_history(found: Findings, name: str, rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    entries: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows.get("history", []):
        entries[row["state"]["agg"]][row["state"]["hash"]] = row["state"]
    heads: dict[str, list[str]] = defaultdict(list)
    for part in rows.values():
        for row in part:
            if head := json.loads(row["meta"])["head"] if row.get("meta") else "":
                heads[row["_id"]].append(head)
    told: dict[str, list[str]] = {}
    for aggregate, chain in entries.items():
        before = {digest: entry["prev"] for digest, entry in chain.items()}
        length = sum(length_of(before, head) for head in heads[aggregate])
        found.expect(length == len(chain), f"{name}: the history of {aggregate} has {len(chain)} entries, {length} in its chain")
        told[aggregate] = [kind for head in heads[aggregate] for kind in _told(chain, head)]
    return told


def _told(chain: dict[str, dict[str, Any]], head: str) -> list[str]:
    kinds: list[str] = []
    while head in chain:
        kinds = [*chain[head]["said"], *kinds]
        head = chain[head]["prev"]
    return kinds


def _check_budgets(found: Findings, rows: dict[str, list[dict[str, Any]]]) -> None:
    granted = {name for row in rows.get("budgets", []) for name in row["state"]["granted"]}
    held = {
        f"{row['state']['complaint_id']}|{offer['round']}"
        for row in rows.get("care", [])
        for offer in row["state"]["offers"]
        if offer["state"] == "made"
    }
    found.expect(granted == held, f"{len(granted)} offers granted, {len(held)} held by customers")
