"""The play's agents and customers act alike for a seed, at a believable pace, and in the case's language."""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample.behaviour import HOUR_MS, agent_action, customer_answer, seen
from deploy.sample.chance import Chance
from deploy.sample.script import script
from shared.contracts.vocabulary import Category, Priority, Remedy

OPENED = 1_767_225_600_000
PROMISES = {"P1": 8, "P2": 24, "P3": 72, "P4": 120}


def a_case(priority: str = "P3", **changes: Any) -> dict[str, Any]:
    case = {
        "complaint_id": "c_1",
        "state": "open",
        "tier": "frontline",
        "priority": priority,
        "owner": "tier:frontline",
        "round": 1,
        "category": "delivery",
        "language": "ru",
        "opened_at": OPENED,
        "due_at": OPENED + PROMISES[priority] * HOUR_MS,
    }
    return case | changes


def played(case: dict[str, Any], chance: Chance, step_ms: int = HOUR_MS) -> list[tuple[int, dict[str, Any]]]:
    """What the agents do with a case until it is resolved, with the instants."""
    sight, done, now = seen(case, case["opened_at"]), [], case["opened_at"]
    while case["state"] == "open" and now < case["opened_at"] + 800 * HOUR_MS:
        action = agent_action(case, now, chance, sight)
        if action is None:
            now += step_ms
            continue
        done.append((now, action))
        sight = sight.after(action)
        if action["do"] == "take":
            case = case | {"owner": action["agent"]}
        elif action["do"] == "escalate":
            case = case | {"tier": "seniors", "owner": "tier:seniors"}
        elif action["do"] == "resolve":
            case = case | {"state": "resolved"}
    return done


@pytest.mark.parametrize("priority", PROMISES)
def test_every_case_is_taken_first_and_resolved_last(priority: str) -> None:
    for key in range(60):
        steps = [action["do"] for _, action in played(a_case(priority), Chance(7, str(key)))]
        assert steps[0] == "take"
        assert steps[-1] == "resolve"
        assert steps.count("resolve") == 1


def test_a_few_deadlines_are_missed_and_most_are_kept() -> None:
    late = 0
    for key in range(400):
        case = a_case(["P1", "P2", "P3", "P4"][key % 4])
        late += played(case, Chance(7, str(key)), HOUR_MS)[-1][0] > case["due_at"]
    assert 0.04 <= late / 400 <= 0.2


def test_urgent_cases_are_resolved_sooner() -> None:
    def typical(priority: str) -> int:
        return sorted(played(a_case(priority), Chance(7, str(key)))[-1][0] for key in range(80))[40]

    assert typical("P1") < typical("P2") < typical("P3") < typical("P4")


def test_some_cases_are_escalated_by_their_agent_with_a_reason_and_taken_again() -> None:
    plays = [[a for _, a in played(a_case("P2"), Chance(7, str(key)))] for key in range(200)]
    climbing = [play for play in plays if any(action["do"] == "escalate" for action in play)]
    assert 8 <= len(climbing) <= 50
    for play in climbing:
        steps = [action["do"] for action in play]
        assert steps[steps.index("escalate") + 1] == "take"
        assert all(action["reason"] for action in play if action["do"] == "escalate")


@given(tick=st.integers(1, 12), key=st.integers(0, 500))
def test_the_answer_does_not_depend_on_how_often_the_play_looks(tick: int, key: int) -> None:
    def actions(step: int) -> list[dict[str, Any]]:
        return [action for _, action in played(a_case(), Chance(7, str(key)), step)]

    assert actions(tick * HOUR_MS) == actions(HOUR_MS)


@given(order=st.permutations(range(12)))
def test_the_order_of_the_questions_changes_nothing(order: list[int]) -> None:
    now = OPENED + 60 * HOUR_MS
    asked = {
        key: (agent_action(a_case(), now, Chance(7, str(key))), customer_answer(a_case(), Chance(7, str(key)))) for key in order
    }
    for key in range(12):
        chance = Chance(7, str(key))
        assert asked[key] == (agent_action(a_case(), now, chance), customer_answer(a_case(), chance))


@pytest.mark.parametrize("state", ["resolved", "closed", "other"])
def test_nobody_touches_a_case_that_is_not_open(state: str) -> None:
    assert agent_action(a_case(state=state), OPENED + 500 * HOUR_MS, Chance(7, "1")) is None


def test_a_reopened_case_starts_its_round_when_it_is_seen_again() -> None:
    case = a_case(round=2)
    again = OPENED + 300 * HOUR_MS
    first = seen(a_case(), OPENED)
    assert seen(a_case(), again, first) is first
    sight = seen(case, again, first)
    assert (sight.round, sight.began_at, sight.done) == (2, again, 0)
    assert agent_action(case, again, Chance(7, "1"), sight) is None


@pytest.mark.parametrize("language", ["ru", "en", "other"])
@pytest.mark.parametrize("category", list(Category))
def test_each_category_is_answered_in_the_language_of_the_case(category: str, language: str) -> None:
    case = a_case(category=category, language=language, owner="irina")
    action = played(case, Chance(7, category))[-1][1]
    assert bool(re.search("[а-яё]", action["answer"])) == (language == "ru")
    assert action["remedy"] in set(Remedy)
    assert not re.search("[{}~]", action["answer"])


def test_there_are_a_dozen_answers_and_every_category_has_one() -> None:
    answers = script().answers
    assert len(answers) >= 12
    assert {category for answer in answers for category in answer.about} == set(Category)


def test_about_half_of_the_customers_answer_and_about_an_eighth_of_them_says_not_solved() -> None:
    answers = [customer_answer(a_case(), Chance(7, str(key)), kept=key % 10 != 0) for key in range(2_000)]
    given_ = [answer for answer in answers if answer]
    assert 0.5 <= len(given_) / len(answers) <= 0.6
    assert 0.09 <= sum(not answer["solved"] for answer in given_) / len(given_) <= 0.15


def test_a_kept_promise_earns_better_scores_than_a_missed_one() -> None:
    def mean(kept: bool) -> float:
        scores = [a["score"] for key in range(600) if (a := customer_answer(a_case(), Chance(7, str(key)), kept))]
        assert set(scores) == {1, 2, 3, 4, 5}
        return float(sum(scores)) / len(scores)

    assert mean(True) > mean(False) + 0.4


def test_who_says_not_solved_scores_low() -> None:
    answers = [customer_answer(a_case(), Chance(7, str(key))) for key in range(800)]
    scores = Counter(answer["score"] for answer in answers if answer and not answer["solved"])
    assert scores
    assert max(scores) <= 3


@pytest.mark.parametrize(("language", "cyrillic"), [("ru", True), ("en", False), ("other", False)])
def test_the_words_of_a_survey_are_in_the_language_of_the_case(language: str, cyrillic: bool) -> None:
    answers = [customer_answer(a_case(language=language), Chance(7, str(key))) for key in range(200)]
    words = [answer["words"] for answer in answers if answer and answer["words"]]
    assert len(words) > 20
    assert all(bool(re.search("[а-яё]", text)) == cyrillic and not re.search("[{}~]", text) for text in words)


def test_a_priority_that_nobody_knows_is_worked_like_the_last_one() -> None:
    assert played(a_case() | {"priority": Priority.OTHER, "due_at": None}, Chance(7, "1"))[-1][1]["do"] == "resolve"
