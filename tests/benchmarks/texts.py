"""How many short texts triage's rules judge in a second, without bus and store."""

import time
from collections.abc import Sequence

from services.triage.domain.assessment import assess
from services.triage.domain.policy_model import TriagePolicy
from shared.contracts import topics
from shared.contracts.events import ComplaintRegistered
from tests.benchmarks.figures import Figure, over
from tests.benchmarks.machine import median, pinned, seldom_collected, still_heap
from tests.benchmarks.rehearsal import Rehearsal, policy_of, submissions

SHORT = 280
"""Letters: what fits into a message on a phone; nine tenths of the sample do."""


def measure(events: int = 4_000, rounds: int = 7) -> list[Figure]:
    """The first pass meets every word for the first time, later ones know them: production lies near the later ones."""
    heard = Rehearsal().play(submissions(events)).heard[topics.REGISTERED.name]
    texts = [event for event in heard if isinstance(event, ComplaintRegistered) and len(event.masked_text) <= SHORT]
    policy = policy_of("triage")
    fresh = policy.policy.model_copy()
    fresh.__dict__.pop("lexicon", None)
    with pinned(0), seldom_collected(), still_heap():
        first = _speed(texts, fresh, policy.hash)
        later = [_speed(texts, fresh, policy.hash) for _ in range(rounds)]
    letters = sum(len(text.masked_text) for text in texts) // len(texts)
    note = f"{len(texts)} distinct texts of {letters} letters on average"
    return [
        over("triage: short texts judged a second", later, "/s", median(later), at_least=5_000, note=note),
        Figure("the same, every word new", first, "/s"),
    ]


def _speed(texts: Sequence[ComplaintRegistered], policy: TriagePolicy, policy_hash: str) -> float:
    started = time.perf_counter()
    for text in texts:
        assess(text, policy, policy_hash, text.registered_at)
    return len(texts) / (time.perf_counter() - started)
