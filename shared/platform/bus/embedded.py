"""The embedded broker: librdkafka's mock cluster, which speaks Kafka's protocol inside this process and keeps nothing."""

import ctypes
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import confluent_kafka

from shared.contracts.topics import Topic


class EmbeddedBroker:
    """One broker on a loopback port of its choosing; gone with the process."""

    def __init__(self, topics: tuple[Topic, ...], partitions: int = 4) -> None:
        """Start it and create the topics, with fewer partitions than in production: one process reads them all."""
        lib = self._lib = ctypes.CDLL(str(_library()))
        self._declare(lib)
        error = ctypes.create_string_buffer(256)
        conf = lib.rd_kafka_conf_new()
        lib.rd_kafka_conf_set(conf, b"log_level", b"0", error, 256)
        handle = lib.rd_kafka_new(0, conf, error, 256)
        if not handle:
            raise RuntimeError(f"the embedded broker did not start: {error.value.decode()}")
        self._handle = handle
        self._cluster = lib.rd_kafka_mock_cluster_new(handle, 1)
        lib.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        # The cluster's thread oversleeps a lone request by up to a second: asked for all at once, it makes them all at once.
        with ThreadPoolExecutor(max(1, len(topics))) as callers:
            for topic in topics:
                callers.submit(lib.rd_kafka_mock_topic_create, self._cluster, topic.name.encode(), partitions, 1)

    @staticmethod
    def _declare(lib: ctypes.CDLL) -> None:
        pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
        lib.rd_kafka_conf_new.restype = pointer
        lib.rd_kafka_conf_set.argtypes = [pointer, text, text, text, ctypes.c_size_t]
        lib.rd_kafka_new.restype = pointer
        lib.rd_kafka_new.argtypes = [number, pointer, text, ctypes.c_size_t]
        lib.rd_kafka_destroy.argtypes = [pointer]
        lib.rd_kafka_mock_cluster_new.restype = pointer
        lib.rd_kafka_mock_cluster_new.argtypes = [pointer, number]
        lib.rd_kafka_mock_cluster_destroy.argtypes = [pointer]
        lib.rd_kafka_mock_cluster_bootstraps.restype = text
        lib.rd_kafka_mock_cluster_bootstraps.argtypes = [pointer]
        lib.rd_kafka_mock_topic_create.argtypes = [pointer, text, number, number]
        lib.rd_kafka_mock_group_initial_rebalance_delay_ms.argtypes = [pointer, ctypes.c_int32]
        lib.rd_kafka_mock_broker_set_down.argtypes = [pointer, ctypes.c_int32]
        lib.rd_kafka_mock_broker_set_up.argtypes = [pointer, ctypes.c_int32]

    @property
    def servers(self) -> str:
        """host:port."""
        return str(self._lib.rd_kafka_mock_cluster_bootstraps(self._cluster).decode())

    def down(self) -> None:
        """Cut every client off, for tests."""
        self._lib.rd_kafka_mock_broker_set_down(self._cluster, 1)

    def up(self) -> None:
        """Let clients in again, for tests."""
        self._lib.rd_kafka_mock_broker_set_up(self._cluster, 1)

    def close(self) -> None:
        """Stop it; everything it held is gone."""
        self._lib.rd_kafka_mock_cluster_destroy(self._cluster)
        self._lib.rd_kafka_destroy(self._handle)


def _library() -> Path:
    """Librdkafka as the confluent-kafka wheel brings it."""
    home = Path(confluent_kafka.__file__).parent
    found = sorted([*home.parent.glob("confluent_kafka.libs/librdkafka*"), *home.glob(".dylibs/librdkafka*")])
    if not found:
        raise RuntimeError("confluent-kafka was installed without its bundled librdkafka: install its wheel from PyPI")
    return found[0]
