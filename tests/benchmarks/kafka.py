"""A real Apache Kafka on the other core, and how its topics are emptied between two runs."""

import contextlib
import logging
import time
from collections.abc import Iterator

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from confluent_kafka.cimpl import NewTopic

from shared.contracts import topics
from shared.platform.bus.topics_admin import config_of
from tests.benchmarks.machine import pinned
from tests.servers.found import a_kafka

SECONDS = 30.0


@contextlib.contextmanager
def real_kafka() -> Iterator[str]:
    """Its bootstrap servers; raises `NoServer`. Where it is ours, its JVM keeps off the core of the process under test."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it complains of a coordinator that a new cluster is still making
    with contextlib.ExitStack() as stack:
        with pinned(1):  # what is started inherits it
            servers = stack.enter_context(a_kafka())
        yield servers


class Cluster:
    """Our topics on a Kafka that runs."""

    def __init__(self, servers: str, partitions: int) -> None:
        self.servers = servers
        self._admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
        self._partitions = partitions
        self._empty()
        self._make()
        self._wait()

    def _empty(self) -> None:
        """Without topics and without memory of who has read what."""
        ours = {topic.name for topic in topics.ALL}
        there = sorted(ours & set(self._admin.list_topics(timeout=SECONDS).topics))
        for future in self._admin.delete_topics(there).values() if there else ():
            future.result(SECONDS)
        known = self._admin.list_consumer_groups().result(SECONDS).valid
        groups = [g.group_id for g in known if g.group_id.partition(".")[2] in ours or g.group_id.startswith("bare.")]
        for future in self._admin.delete_consumer_groups(groups).values() if groups else ():
            with contextlib.suppress(KafkaException):  # whoever has not left yet has nothing to read any more
                future.result(SECONDS)

    def _make(self) -> None:
        """A deleted topic is gone a moment later."""
        wanted, until = {topic.name: topic for topic in topics.ALL}, time.monotonic() + SECONDS
        while wanted and time.monotonic() < until:
            new = [NewTopic(t.name, self._partitions, 1, config=dict(config_of(t))) for t in wanted.values()]
            for name, future in self._admin.create_topics(new).items():
                try:
                    future.result(SECONDS)
                    del wanted[name]
                except KafkaException as error:
                    if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                        raise
            time.sleep(0.1)
        if wanted:
            raise TimeoutError(f"Kafka still has the old {', '.join(wanted)}")

    def _wait(self) -> None:
        """Until every partition is led: a client that meets one that is not backs off, and its run would be the slower one."""
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        places = {TopicPartition(t.name, p): latest for t in topics.ALL for p in range(self._partitions)}
        until = time.monotonic() + SECONDS
        while True:
            try:
                for future in self._admin.list_offsets(places).values():
                    future.result(SECONDS)
            except KafkaException:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def close(self) -> None:
        """The next one empties what this one leaves."""
