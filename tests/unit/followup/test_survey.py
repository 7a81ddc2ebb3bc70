"""One survey a round, one answer a survey."""

import pytest

from services.followup.domain.commands import AnswerSurvey
from services.followup.handlers import answer_customer, begin_again, keep_time, take_answer
from shared.contracts.events import SurveyAnswered, SurveySent
from shared.platform.decision import NOTHING, Rang, Refused
from tests.unit.followup.world import (
    DAY,
    HOUR,
    NOW,
    a_policy,
    an_addressee,
    given,
    kept,
    mails,
    reopened,
    resolved,
    said,
)

NO_OFFERS = a_policy(offers={"redeem": {"ru": "код", "en": "code"}})
ANSWER = AnswerSurvey(round=1, score=2, solved=False, words="  Чайник всё ещё течёт.  ")


def asked():
    return kept(answer_customer(resolved(), None, given(policy=NO_OFFERS)))


def test_the_survey_follows_the_answer_at_once():
    decision = answer_customer(resolved(), None, given())
    assert list(mails(decision)) == ["resolution", "survey"]
    (sent,) = said(decision, SurveySent)
    assert sent.expires_at == mails(decision)["survey"]["expires_at"] == decision.keep.due


def test_a_survey_link_lives_to_the_last_minute_of_a_day_in_moscow():
    expires_at = said(answer_customer(resolved(), None, given()), SurveySent)[0].expires_at
    assert expires_at == NOW + 14 * DAY + 10 * HOUR + 29 * 60_000


def test_a_delayed_survey_goes_out_when_its_hour_strikes():
    policy = a_policy(survey={"delay_hours": 24}, offers={"redeem": {"ru": "код", "en": "code"}})
    first = answer_customer(resolved(), None, given(policy=policy))
    assert not said(first, SurveySent)
    assert first.keep.due == NOW + DAY
    second = keep_time(Rang(NOW + DAY), kept(first), given(NOW + DAY, policy))
    assert said(second, SurveySent)
    assert list(mails(second)) == ["survey"]
    assert keep_time(Rang(NOW + DAY), kept(second), given(NOW + DAY, policy)) is NOTHING


def test_resolving_the_same_round_again_asks_nothing_again():
    assert answer_customer(resolved(), asked(), given(NOW + HOUR, NO_OFFERS)) is NOTHING


def test_who_cannot_be_reached_is_not_asked():
    decision = answer_customer(resolved(addressee=an_addressee(())), None, given())
    assert decision.keep.surveys == ()
    assert not said(decision, SurveySent)


def test_an_answer_is_kept_with_its_words_sealed():
    decision = take_answer(ANSWER, asked(), given(NOW + DAY))
    (answered,) = said(decision, SurveyAnswered)
    assert (answered.score, answered.solved, answered.round) == (2, False, 1)
    assert [secret.plain for secret in decision.seal] == ["Чайник всё ещё течёт."]
    assert decision.seal[0] is answered.words is decision.keep.surveys[0].words
    assert (decision.keep.survey_score, decision.keep.survey_state, decision.keep.due) == (2, "answered", None)


def test_an_answer_without_words_seals_nothing():
    decision = take_answer(AnswerSurvey(round=1, score=5, solved=True), asked(), given())
    assert decision.seal == []
    assert said(decision)[0].words is None


def refusal(care, now=NOW, erased=False, round_=1):
    answer = take_answer(AnswerSurvey(round=round_, score=4, solved=True), care, given(now, erased=erased))
    assert isinstance(answer, Refused)
    return answer.reason


def test_a_survey_takes_one_answer():
    decision = take_answer(AnswerSurvey(round=1, score=5, solved=True), asked(), given())
    assert refusal(kept(decision)) == "already_answered"


def test_a_survey_takes_an_answer_until_it_expires_whether_or_not_the_timer_rang():
    care = asked()
    assert not isinstance(take_answer(ANSWER, care, given(care.due - 1)), Refused)
    assert refusal(care, care.due) == "expired"
    rung = kept(keep_time(Rang(care.due), care, given(care.due)))
    assert refusal(rung, care.due) == "expired"
    assert (rung.survey_state, rung.due) == ("expired", None)


def test_reopening_closes_the_open_survey_and_the_next_round_asks_anew():
    care = kept(begin_again(reopened(), asked(), given(NOW + DAY)))
    assert refusal(care, NOW + DAY) == "expired"
    again = answer_customer(resolved(round=2), care, given(NOW + 2 * DAY, NO_OFFERS))
    assert [event.round for event in said(again, SurveySent)] == [2]
    assert not isinstance(take_answer(AnswerSurvey(round=2, score=5, solved=True), kept(again), given(NOW + 3 * DAY)), Refused)


def test_a_given_answer_outlives_reopening():
    answered = take_answer(AnswerSurvey(round=1, score=1, solved=False), asked(), given())
    assert kept(begin_again(reopened(), kept(answered), given())).survey_score == 1


@pytest.mark.parametrize("care", [None, "asked"])
def test_a_survey_nobody_was_sent_takes_no_answer(care):
    assert refusal(asked() if care else None, round_=7) == "unknown_survey"


def test_an_erased_customer_cannot_answer_and_leaves_no_words():
    answered = take_answer(AnswerSurvey(round=1, score=5, solved=True, words="Спасибо, Анна"), asked(), given())
    answered.seal[0].token = "v1.cus_anna.words"
    forgotten = kept(answered).forgotten()
    assert "v1.cus_anna" not in forgotten.model_dump_json()
    assert forgotten.survey_score == 5
    assert refusal(asked(), erased=True) == "erased"
    assert refusal(asked().forgotten()) == "erased"
    assert asked().forgotten().due is None


def test_a_survey_waiting_for_an_erased_customer_is_never_sent():
    policy = a_policy(survey={"delay_hours": 24}, offers={"redeem": {"ru": "код", "en": "code"}})
    waiting = kept(answer_customer(resolved(), None, given(policy=policy)))
    decision = keep_time(Rang(NOW + DAY), waiting, given(NOW + DAY, policy, erased=True))
    assert not decision.do
    assert not decision.say
    assert decision.keep.due is None
