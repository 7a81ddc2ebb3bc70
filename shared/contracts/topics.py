"""Every topic once: its name, key, partitions, retention and cleanup; the init job and the documents read this file."""

from dataclasses import dataclass

DAY_MS = 86_400_000

INPUT_BYTES = 1_000_000
"""The largest body accepted from outside, bytes."""
RECORD_BYTES = 1_500_000
"""The largest record a producer of ours writes, bytes: a parked record grows by its envelope."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic as it must exist before a service starts."""

    name: str
    key: str
    """What the record key holds; ids only, never anything personal."""
    partitions: int = 12
    retention_ms: int = 14 * DAY_MS
    cleanup: str = "delete"
    confidential: bool = False
    """True where raw words or contacts may occur: short retention, ACLs of its own."""


SUBMITTED = Topic("complaints.submitted.v1", "source message id", retention_ms=3 * DAY_MS, confidential=True)
REGISTERED = Topic("complaints.registered.v1", "complaint id")
TRIAGED = Topic("complaints.triaged.v1", "complaint id")
CASES = Topic("cases.v1", "complaint id")
NOTICES = Topic("notices.v1", "complaint id")
FOLLOWUPS = Topic("followups.v1", "complaint id")
CUSTOMERS = Topic("customers.v1", "customer id", retention_ms=-1, cleanup="compact")
FOLLOWUP_STEPS = Topic("followup.steps.v1", "aggregate id", retention_ms=2 * DAY_MS)


def dead_letters_of(service: str) -> Topic:
    """The topic that exports what a service parked, encrypted."""
    return Topic(f"{service}.dlq", "arrival id", partitions=3, retention_ms=30 * DAY_MS, confidential=True)


SERVICES = ("intake", "triage", "escalation", "followup")
ALL: tuple[Topic, ...] = (
    SUBMITTED,
    REGISTERED,
    TRIAGED,
    CASES,
    NOTICES,
    FOLLOWUPS,
    CUSTOMERS,
    FOLLOWUP_STEPS,
    *(dead_letters_of(service) for service in SERVICES),
)
