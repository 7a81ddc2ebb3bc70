"""What the letters say, and that none goes out with a hole in it."""

import re

import pytest
from jinja2 import TemplateError, TemplateNotFound

from services.followup.domain.letter import TEMPLATES, Inside, Letters, UnfilledSlot
from services.followup.domain.order import LetterOrder
from services.followup.letters import letter_texts
from shared.contracts.vocabulary import Channel, EscalationReason, Remedy
from tests.unit.followup.world import CUSTOMER, DAY, HOUR, NOW, a_policy, letters

INSIDE = Inside(
    name="Анна Смирнова",
    answer="Мы нашли вашу посылку.\r\n\r\nКурьер привезёт её завтра.",
    track="https://help.example/c/abc",
    survey="https://help.example/s/abc",
    code="R7K2-9QMD-X4TN",
)
SLOTS = {
    "acknowledgement": {"received_at": NOW - HOUR, "answer_by": NOW + 5 * HOUR},
    "reopening": {"round": 2, "answer_by": NOW + 2 * DAY},
    "escalation": {"tier": "manager", "reason": "deadline_missed", "answer_by": NOW + 21 * HOUR},
    "resolution": {"remedy": "refund", "answer": "v1.cus.answer", "apologise": True},
    "survey": {"expires_at": NOW + 14 * DAY},
    "offer": {"amount_minor": 50_000, "currency": "RUB", "expires_at": NOW + 60 * DAY},
}


def write(name, language="ru", inside=INSIDE, **said):
    notice = "acknowledgement" if name == "reopening" else name
    common = {"notice_id": "n", "notice": notice, "complaint_id": "cmp_01k5", "customer_id": CUSTOMER, "round": 1}
    order = common | {"language": language, "at": NOW, "to": "v1.cus.to", "channel": "web"} | SLOTS[name] | said
    return letters().write(LetterOrder(**order), inside, a_policy())


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_letter_is_whole_in_both_languages(name, language):
    letter = write(name, language)
    assert letter.language == language
    assert "\n" not in letter.subject
    assert ("cmp_01k5" in letter.subject) == (name != "offer")
    assert "cmp_01k5" in letter.text
    assert not re.search(r"None|\{\{|\{%|[ \t]{2,}|\n{3,}| ,| \.|\bundefined\b", letter.text + letter.subject)
    own_words = letter.text.replace("Анна Смирнова", "").replace(INSIDE.answer.replace("\r\n", "\n"), "")
    assert bool(re.search("[а-яё]", own_words)) == (language == "ru")


def test_an_acknowledgement_says_what_we_noted_and_by_when_we_answer():
    text = write("acknowledgement").text
    assert "Здравствуйте, Анна Смирнова!" in text
    assert "вы обратились к нам 14 марта через сайт, номер обращения — cmp_01k5." in text
    assert "в течение 5 часов, не позднее 14 марта, 18:30 по московскому времени." in text
    assert text.count("https://help.example/c/abc") == 1


def test_an_english_acknowledgement_says_the_same():
    text = write("acknowledgement", "en").text
    assert "you contacted us through our website on 14 March" in text
    assert "within 5 hours, no later than 14 March, 18:30 Moscow time." in text


@pytest.mark.parametrize("answer_by", [None, NOW, NOW - HOUR])
def test_no_hour_is_promised_that_is_over_already(answer_by):
    text = write("acknowledgement", answer_by=answer_by).text
    assert "не позднее" not in text
    assert "как только будет ответ" in text


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("channel", list(Channel))
def test_every_channel_has_words(channel, language):
    assert "  " not in write("acknowledgement", language, channel=channel).text


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("remedy", list(Remedy))
def test_every_remedy_has_words_or_needs_none(remedy, language):
    said = "Что мы делаем для вас: " if language == "ru" else "What we are doing for you: "
    needs_none = remedy in (Remedy.APOLOGY, Remedy.EXPLANATION, Remedy.NONE, Remedy.OTHER)
    assert (said in write("resolution", language, remedy=remedy).text) is not needs_none


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_reason_of_an_escalation_has_words_of_its_own(language):
    texts = {write("escalation", language, reason=reason).text for reason in EscalationReason}
    assert len(texts) == len(EscalationReason) - 1  # `requested` and `other` say the same


def test_an_escalation_says_who_looks_at_it_now():
    assert "занимается руководитель отдела." in write("escalation").text
    assert "занимается более опытный коллега." in write("escalation", tier="board").text


def test_an_answer_stands_in_the_agents_words_after_the_apology():
    text = write("resolution", late=True).text
    assert "мы допустили ошибку" in text
    assert "И простите, что мы ответили позже" in text
    assert "\nМы нашли вашу посылку.\n\nКурьер привезёт её завтра.\n" in text
    assert "Что мы делаем для вас: возвращаем деньги." in text


def test_an_answer_without_fault_does_not_apologise():
    assert "ошибку" not in write("resolution", apologise=False, remedy="explanation").text


def test_a_survey_asks_solved_or_not_and_says_until_when():
    text = write("survey").text
    assert "https://help.example/s/abc?solved=yes\n" in text
    assert "https://help.example/s/abc?solved=no\n" in text
    assert "до 28 марта 2026 года включительно" in text


def test_an_offer_names_sum_code_and_last_day():
    letter = write("offer", "en")
    assert letter.subject == "RUB 500 for you, with our apologies"
    assert "Your code: R7K2-9QMD-X4TN\nValid until the end of 13 May 2026, for one use." in letter.text


@pytest.mark.parametrize(
    ("name", "said", "inside"),
    [
        ("offer", {}, Inside(track="t")),
        ("offer", {"amount_minor": None}, INSIDE),
        ("survey", {}, Inside(name="Анна")),
        ("survey", {"expires_at": None}, INSIDE),
        ("acknowledgement", {}, Inside(name="Анна")),
        ("acknowledgement", {"received_at": None}, INSIDE),
        ("escalation", {"tier": None}, INSIDE),
    ],
)
def test_a_letter_with_a_hole_is_not_written(name, said, inside):
    with pytest.raises(UnfilledSlot, match=name):
        write(name, inside=inside, **said)


@pytest.mark.parametrize("language", ["other", "de"])
def test_other_languages_are_answered_in_english(language):
    assert write("survey", language).subject.startswith("Did we solve it?")


def test_without_a_name_we_still_greet():
    nameless = Inside(track="t", survey="s", code="c")
    assert write("survey", inside=nameless).text.startswith("Здравствуйте!\n")
    assert write("survey", "en", inside=nameless).text.startswith("Hello,\n")


def test_what_an_agent_wrote_is_text_and_never_a_template():
    trick = Inside(answer="{{ 7 * 7 }} {% raw %} <b>&amp;</b>")
    assert "{{ 7 * 7 }} {% raw %} <b>&amp;</b>" in write("resolution", inside=trick).text


def test_the_brand_signs():
    assert "служба заботы о клиентах, Nordlys Market\n" in write("survey", brand="Nordlys\nMarket").text


def test_a_missing_or_broken_template_stops_the_start():
    texts = letter_texts()
    with pytest.raises(TemplateNotFound):
        Letters({name: text for name, text in texts.items() if name != "ru/offer.j2"})
    with pytest.raises(TemplateError):
        Letters(texts | {"en/offer.j2": "{% block subject %}"})


def test_nothing_that_was_opened_is_shown_by_accident():
    assert "Анна" not in repr(INSIDE)
