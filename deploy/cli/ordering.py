"""Which of two steps at the same instant came first: the one that caused the other, or stands before it in its chain."""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.contracts.identity import digest
from shared.contracts.topics import SERVICES

Step = tuple[str, Mapping[str, Any]]
"""Service and history entry."""


def in_order(answers: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The history of all services as one sequence; `answers` are their `/story/{id}`.

    Time first; at one instant causes before effects (ids of events are derived from their causes, so the links can be
    found), and each aggregate in the order of its hash chain.
    """
    steps: list[Step] = [(answer["service"], entry) for answer in answers for entry in answer["history"]]
    makers = {event_id: place for place, step in enumerate(steps) for event_id in _ids_said(step)}
    links = {entry["hash"]: place for place, (_, entry) in enumerate(steps)}
    after: dict[int, set[int]] = defaultdict(set)
    waits = [0] * len(steps)
    for place, (_, entry) in enumerate(steps):
        for earlier in {makers.get(entry["cause"]), links.get(entry["prev"])} - {None, place}:
            if earlier is not None and place not in after[earlier]:
                after[earlier].add(place)
                waits[place] += 1
    return [steps[place] for place in _sorted(steps, after, waits)]


def _ids_said(step: Step) -> Iterator[str]:
    service, entry = step
    for ordinal, event in enumerate(entry["said"]):
        yield digest(entry["cause"], service, event, entry["agg"], ordinal)


def _sorted(steps: Sequence[Step], after: Mapping[int, set[int]], waits: list[int]) -> Iterator[int]:
    """Places in topological order, the earliest instant and then the flow of the services deciding what is free."""

    def key(place: int) -> tuple[int, int, int]:
        service, entry = steps[place]
        return entry["at"], SERVICES.index(service) if service in SERVICES else len(SERVICES), place

    free = [key(place) for place, count in enumerate(waits) if not count]
    heapq.heapify(free)
    while free:
        place = heapq.heappop(free)[2]
        yield place
        for later in after.get(place, ()):
            waits[later] -= 1
            if not waits[later]:
                heapq.heappush(free, key(later))
