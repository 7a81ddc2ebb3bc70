"""What a load run measures."""

import pytest

from deploy.cli.load import open_loop, quantile, sample_of
from deploy.cli.preparing import Ready, Shaping, prepared
from deploy.cli.rows import Row
from deploy.cli.troubles import Trouble


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([3.0], 0.99, 3.0), ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0), (list(map(float, range(1, 101))), 0.99, 99.0),
     ([1.0, 2.0], 1.0, 2.0)],
)  # fmt: skip
def test_a_quantile_is_a_value_that_was_measured(values, share, expected):
    assert quantile(values, share) == expected


def test_sample_complaints_are_valid_and_none_is_a_double():
    import json

    record = sample_of("x")
    records = [record(number) for number in range(700)]
    assert len({record.source_id for record in records}) == 700
    rows = [Row("1", json.loads(record.body)) for record in records[:50]]
    assert all(isinstance(made, Ready) for made in prepared(lambda: iter(rows), Shaping({}, {})))


async def test_an_open_loop_does_not_wait_for_answers_and_counts_failures():
    import asyncio

    async def send(record, number):
        await asyncio.sleep(0.2)
        if number % 10 == 0:
            raise Trouble("away")
        return number % 10 != 1

    run = await open_loop(send, rate=100, seconds=0.3)
    assert (len(run.latencies), run.failed) == (24, 6)
    assert run.seconds < 2
    assert min(run.latencies) >= 190
