"""Every metric once, with one sentence; labels are bounded words, never ids or text."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from shared.platform.clock import machine_ms

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

PROCESSED = Counter(
    "redress_records_processed_total", "Records read from a topic and settled.", ["service", "topic"], registry=REGISTRY
)
DECIDED = Counter(
    "redress_decisions_total", "Messages decided, by how they were settled.", ["service", "outcome"], registry=REGISTRY
)
PARKED = Counter("redress_parked_total", "Records parked, by reason.", ["service", "reason"], registry=REGISTRY)
LET_GO = Counter(
    "redress_retention_total",
    "Documents that were let go of when their retention was over.",
    ["service", "kind"],
    registry=REGISTRY,
)
REDELIVERED = Counter(
    "redress_redelivered_total", "Records that came again and were not counted again.", ["service"], registry=REGISTRY
)
CONFLICTS = Counter(
    "redress_conflicts_total", "Documents that lost a compare-and-set and were decided again.", ["service"], registry=REGISTRY
)
GAPS = Counter(
    "redress_gap_records_total",
    "Records that a topic lost before they were read: a loss alarm.",
    ["service", "topic"],
    registry=REGISTRY,
)
COMMIT_FAILURES = Counter(
    "redress_commit_failures_total", "Batches that failed and were read again.", ["service", "topic"], registry=REGISTRY
)
BATCH_SECONDS = Histogram(
    "redress_batch_seconds",
    "From reading a batch to its offset commit.",
    ["service", "topic"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
LAG = Gauge(
    "redress_lag_records", "Records of a topic that this process still has to read.", ["service", "topic"], registry=REGISTRY
)
PUBLISHED = Counter("redress_events_published_total", "Events that Kafka confirmed.", ["service", "topic"], registry=REGISTRY)
PUBLISH_FAILURES = Counter(
    "redress_publish_failures_total", "Batches that Kafka did not confirm; they are tried again.", ["service"], registry=REGISTRY
)
OUTBOX_WAITING = Gauge("redress_outbox_waiting", "Documents whose outbox waits to be announced.", ["service"], registry=REGISTRY)
OUTBOX_AGE = Gauge("redress_outbox_oldest_seconds", "Age of the oldest waiting outbox.", ["service"], registry=REGISTRY)
TIMER_LATENESS = Histogram(
    "redress_timer_lateness_seconds",
    "How long after its instant a timer fired.",
    ["service"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
EFFECTS = Gauge(
    "redress_effects", "Effects on the outside world that are not sent, by state.", ["service", "state"], registry=REGISTRY
)
EFFECTS_DONE = Counter("redress_effects_settled_total", "Effects that ended, by how.", ["service", "state"], registry=REGISTRY)
DOOR_SECONDS = Histogram(
    "redress_door_seconds",
    "From a command's arrival at a door until it is durable.",
    ["service"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
SEEN_TOO_MANY = Counter(
    "redress_seen_too_many_total",
    "Documents that remember over 1,000 ids: an aggregate drawn wrongly.",
    ["service"],
    registry=REGISTRY,
)
STOPPED = Gauge(
    "redress_consumer_stopped",
    "1 when consumers stopped because too many records had to be parked.",
    ["service"],
    registry=REGISTRY,
)
UP = Gauge("redress_loop_alive", "1 while a loop made progress lately.", ["service", "loop"], registry=REGISTRY)
READY = Gauge("redress_ready", "1 while this replica can do its work, as /readyz says.", ["service"], registry=REGISTRY)
UNACCOUNTED = Gauge(
    "redress_unaccounted_arrivals",
    "Arrivals without an outcome that is known: other than 0, an alarm.",
    ["service"],
    registry=REGISTRY,
)
CLOCK = Gauge(
    "redress_machine_clock_seconds",
    "What this machine's clock shows, Unix seconds: Prometheus compares it with its own.",
    ["service"],
    registry=REGISTRY,
)


def begin(service: str, topics: Iterable[str]) -> None:
    """Show what counts troubles at 0 before the first one: a series that appears with its first trouble never rises."""
    for alone in (REDELIVERED, CONFLICTS, PUBLISH_FAILURES, SEEN_TOO_MANY, TIMER_LATENESS, DOOR_SECONDS):
        alone.labels(service)
    CLOCK.labels(service).set_function(lambda: machine_ms() / 1000)
    for topic in topics:
        for by_topic in (PROCESSED, GAPS, COMMIT_FAILURES, BATCH_SECONDS):
            by_topic.labels(service, topic)
