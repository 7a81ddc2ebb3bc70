"""What services say on a real Kafka, and when: a stranger who reads along."""

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, TopicPartition

from shared.contracts.topics import Topic
from tests.benchmarks.kafka import SECONDS


class Told:
    """Reads topics from their ends on, and notes the first time that something was said of each subject."""

    def __init__(self, servers: str, topics: Sequence[Topic]) -> None:
        """Only what is said from now on counts."""
        settings = {"bootstrap.servers": servers, "group.id": "benchmark", "enable.auto.commit": False, "log_level": 0}
        self._consumer = Consumer(settings | {"fetch.wait.max.ms": 100})
        self._assign([topic.name for topic in topics])
        self._first: dict[str, dict[str, float]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def _assign(self, topics: Sequence[str]) -> None:
        known = self._consumer.list_topics(timeout=SECONDS).topics
        places = [TopicPartition(topic, number) for topic in topics for number in known[topic].partitions]
        for place in places:
            place.offset = self._consumer.get_watermark_offsets(place, timeout=SECONDS)[1]
        self._consumer.assign(places)

    def _read(self) -> None:
        ahead = time.time() - time.monotonic()
        while not self._ended.is_set():
            for message in self._consumer.consume(500, 0.2):
                if message.error():
                    continue
                headers: dict[str, bytes] = dict(message.headers() or ())  # type: ignore[arg-type]
                kind, subject = headers["ce_type"].decode().split(".")[1], headers["ce_subject"].decode()
                self._first.setdefault(kind, {}).setdefault(subject, message.timestamp()[1] / 1e3 - ahead)

    def first(self, kind: str) -> dict[str, float]:
        """Subject to when an event of this kind was first handed to Kafka, on the machine's monotonic clock, seconds."""
        return self._first.setdefault(kind, {})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        self._consumer.close()
