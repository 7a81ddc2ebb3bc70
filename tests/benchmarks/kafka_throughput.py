"""Each service's processor against the bare loop B, both on a real Kafka."""

from collections.abc import Sequence

from tests.benchmarks.broker import broker
from tests.benchmarks.figures import Figure
from tests.benchmarks.kafka import real_kafka
from tests.benchmarks.throughput import TARGETS, compared


def measure(events: int = 4_000, rounds: int = 5, only: Sequence[str] = tuple(TARGETS), seed: int = 1) -> list[Figure]:
    """As `throughput`; raises `NoServer`."""
    with real_kafka() as servers, broker(servers) as other:
        return compared(other, events, rounds, only, seed)
