"""A story is told in the order of time, in words, in both languages."""

import pytest
from rich.console import Console

from deploy.cli.gathering import story_from
from deploy.cli.screen import when
from deploy.cli.tale import retold, sentence, tell, who
from tests.builders import NOW
from tests.cli_house import story_answers

ID = "c_01m8a1qpy90000000000000001"


@pytest.fixture(params=["en", "ru"])
def tongue(request, monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", request.param)
    return request.param


def the_story():
    return story_from(ID, list(story_answers(ID).values()), [])


def told(width=80):
    screen = Console(width=width, record=True, markup=False, highlight=False)
    with screen.capture() as captured:
        tell(screen, the_story())
    return captured.get()


def test_what_happened_is_in_the_order_of_time_and_of_the_flow():
    story = the_story()
    assert [(h.service, h.what) for h in story.happenings] == [
        ("intake", "WebComplaint"),
        ("triage", "ComplaintRegistered"),
        ("escalation", "ComplaintRegistered"),
        ("followup", "CaseOpened"),
        ("escalation", "Rang"),
    ]


def test_the_state_is_that_of_the_case_and_the_reasons_those_of_triage():
    story = the_story()
    assert (story.now.state, story.now.owner, story.now.remedy, story.now.language) == ("resolved", "anna", "refund", "ru")
    assert sum(f.points for f in story.judgement.severity_factors) == story.judgement.severity


def test_the_tale_fits_the_screen_and_says_everything_that_matters(tongue):
    text = told()
    assert max(len(line) for line in text.splitlines()) <= 80
    expected = {
        "en": (
            "Why P2",
            "+30 fury (ужас)",
            "A deadline was missed.",
            "deadline missed: frontline → manager",
            "2 of 5",
            "500.00 RUB",
        ),
        "ru": (
            "Почему P2",
            "+30 ярость (ужас)",
            "Срок пропущен.",
            "срок пропущен: первая линия → руководитель",
            "2 из 5",
            "компенсация",
        ),
    }
    flat = " ".join(text.split())
    for phrase in expected[tongue]:
        assert phrase in flat


def test_a_letter_whose_fate_nobody_knows_is_told_as_such(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "en")
    assert "unknown" in told()


def test_a_rejected_message_tells_why(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "en")
    state = {"state": "rejected", "reason": "automatic_reply", "channel": "email", "masked_text": "Out of office"}
    answer = {"service": "intake", "documents": [{"collection": "complaints", "state": state}], "history": [], "effects": []}
    story = story_from(ID, [answer], [])
    assert (story.now.state, story.now.reason, story.now.summary) == ("rejected", "automatic_reply", "Out of office")
    assert story.judgement is None


def test_people_are_named_and_machines_are_told_by_their_service():
    happening = the_story().happenings[0]
    assert who(happening) == "intake"
    assert who(happening.model_copy(update={"by": "anna"})) == "anna"
    assert who(happening.model_copy(update={"by": "timer"})) == "timer"


def test_a_reason_that_only_repeats_the_events_is_left_out(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "en")
    assert sentence(the_story().happenings[3]).plain == "A letter to the customer was due."


def test_a_step_from_a_newer_version_is_still_told(monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "en")
    newer = the_story().happenings[0].model_copy(update={"what": "NewThing", "said": ["NewEvent"], "why": "because"})
    assert sentence(newer).plain == "It was noted: NewThing. (because)"


@pytest.mark.parametrize(
    ("why", "russian"),
    [
        (
            "resolve missed; deadline_missed: frontline -> manager",
            "срок ответа истёк; срок пропущен: первая линия → руководитель",
        ),
        ("P1: severity 72, urgency 60, safety", "P1: тяжесть 72, срочность 60, безопасность"),
        ("stayed resolved", "ответ остался в силе"),
        ("owner tier:frontline -> anna", "ответственный очередь:первая линия → anna"),
        ("", ""),
    ],
)
def test_reasons_are_told_in_the_language_of_the_reader(monkeypatch, why, russian):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    assert retold(why) == russian


def test_a_story_of_somebody_erased_says_when(tongue):
    answers = story_answers(ID)
    answers["triage"]["erased_at"], answers["intake"]["erased_at"] = NOW + 5, NOW
    screen = Console(width=80, record=True, markup=False, highlight=False)
    with screen.capture() as captured:
        tell(screen, story_from(ID, list(answers.values()), []))
    said = {"en": "on request, ", "ru": "по запросу, "}[tongue]
    assert f"{said}{when(NOW)}" in captured.get()
    assert said not in told()
