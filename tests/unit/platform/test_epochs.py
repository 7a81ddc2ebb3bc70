"""Offsets that start again must not look like redeliveries: a log that is new begins a new epoch."""

from typing import Any, cast

import pytest

from shared.platform.bus.asker import Asker
from shared.platform.document import Document, Sought
from shared.platform.epochs import Epochs
from shared.platform.processor.tally import Tally, tally_id
from shared.platform.store import Store

TOPIC = "complaints"


class Tallies:
    """A store that holds tallies."""

    def __init__(self, *tallies: Tally) -> None:
        self.tallies = tallies

    async def find(self, keeps: type[Tally], sought: Sought) -> list[Document]:
        found = [tally for tally in self.tallies if tally.topic == sought.where["topic"]]
        return [Document(tally_id(tally.epoch, tally.topic, tally.partition), tally) for tally in found]


class Broker:
    """Says where the logs of a topic end."""

    def __init__(self, **ends: dict[int, tuple[int, int]]) -> None:
        self.known = ends

    async def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        return self.known[topic]


def a_tally(next_offset: int, partition: int = 0, epoch: str = "1", topic: str = TOPIC) -> Tally:
    return Tally(topic=topic, partition=partition, epoch=epoch, first_offset=0, next_offset=next_offset)


async def epoch_of(tallies: list[Tally], ends: dict[int, tuple[int, int]], run: str = "") -> str:
    epochs = Epochs(cast(Store, Tallies(*tallies)), run)
    await epochs.open([TOPIC], cast(Asker, Broker(**{TOPIC: ends})))
    return epochs.of(TOPIC)


@pytest.mark.parametrize(
    ("tallies", "ends", "epoch"),
    [
        ([], {0: (0, 100)}, "1"),
        ([a_tally(100)], {0: (0, 100)}, "1"),
        ([a_tally(100)], {0: (40, 250)}, "1"),
        ([a_tally(100)], {0: (0, 99)}, "2"),
        ([a_tally(100)], {0: (0, 0)}, "2"),
        ([a_tally(100), a_tally(7, partition=1)], {0: (0, 100), 1: (0, 6)}, "2"),
        ([a_tally(100), a_tally(5, epoch="2")], {0: (0, 5)}, "2"),
        ([a_tally(100), a_tally(5, epoch="2")], {0: (0, 4)}, "3"),
        ([a_tally(3, epoch="9"), a_tally(5, epoch="10")], {0: (0, 5)}, "10"),
    ],
    ids=[
        *("nothing was read yet", "all was read", "there is more to read", "the log is shorter", "the log is empty"),
        *("one partition is new", "an old epoch says nothing of this one", "new once more", "epochs are numbers"),
    ],
)
async def test_a_log_that_ends_before_what_was_read_is_a_new_one(
    tallies: list[Tally], ends: dict[int, tuple[int, int]], epoch: str
) -> None:
    assert await epoch_of(tallies, ends) == epoch


async def test_an_embedded_broker_is_new_with_every_run() -> None:
    assert await epoch_of([a_tally(100)], {0: (0, 0)}, run="a1b2c3") == "a1b2c3"


async def test_tallies_of_embedded_runs_say_nothing_of_a_real_broker() -> None:
    assert await epoch_of([a_tally(100, epoch="a1b2c3")], {0: (0, 5)}) == "1"


async def test_each_topic_has_an_epoch_of_its_own() -> None:
    epochs = Epochs(cast(Store, Tallies(a_tally(100), a_tally(100, topic="cases"))))
    ends: dict[str, Any] = {TOPIC: {0: (0, 3)}, "cases": {0: (0, 100)}}
    await epochs.open([TOPIC, "cases"], cast(Asker, Broker(**ends)))
    assert (epochs.of(TOPIC), epochs.of("cases"), epochs.of("never opened")) == ("2", "1", "1")
