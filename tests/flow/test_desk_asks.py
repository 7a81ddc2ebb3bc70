"""What an agent misspells is told, and never taken for something else."""

from typing import Any

import pytest

from tests.flow.people import World
from tests.flow.stories import LEAK, a_complaint

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("desk_asks")]


def problem_of(answer: Any) -> dict[str, str]:
    """The one problem of a refusal."""
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["problems"]
    return dict(found)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ({"state": "opne"}, "open, resolved, closed"),
        ({"state": ["open", "gone"]}, "open, resolved, closed"),
        ({"priority": "P9"}, "P1, P2, P3, P4"),
        ({"channel": "fax"}, "web, email"),
        ({"language": "de"}, "ru, en"),
        ({"category": "weather"}, "delivery"),
        ({"sort": "age"}, "'due_at', '-due_at'"),
    ],
    ids=str,
)
async def test_a_filter_that_no_case_can_fit_is_a_slip(world: World, asked: dict[str, Any], known: str) -> None:
    answer = await world.ask("GET", "escalation", "/v1/cases", params=asked)
    found = problem_of(answer)
    assert known in found["message"]
    assert (found["field"], found["remedy"]) == (f"query.{next(iter(asked))}", "send one of the values named")


async def test_a_remedy_that_is_none_is_not_taken_and_no_letter_goes_out(world: World) -> None:
    name = (await world.complain(a_complaint(LEAK)))["complaint_id"]
    await world.quiet()
    answer = await world.post("escalation", f"/v1/cases/{name}/resolve", {"remedy": "gold", "answer": "Вот золото."})
    found = problem_of(answer)
    assert found["field"] == "remedy"
    assert "refund, replacement" in found["message"]
    assert (await world.case(name))["state"] == "open"
    assert world.letters(name, "resolution") == []


async def test_a_body_that_is_not_said_to_be_json_is_told_the_header(world: World) -> None:
    name = (await world.complain(a_complaint(LEAK)))["complaint_id"]
    await world.quiet()
    answer = await world.ask("POST", "escalation", f"/v1/cases/{name}/notes", content=b'{"text": "She called."}')
    assert "Content-Type: application/json" in problem_of(answer)["remedy"]


async def test_who_sends_no_key_is_told_how_to(world: World) -> None:
    answer = await world.ask("GET", "escalation", "/v1/cases", key="")
    assert (answer.status_code, "Authorization: Bearer KEY" in answer.json()["detail"]) == (401, True)
