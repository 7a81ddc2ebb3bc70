from typing import Any

from services.triage.domain.assessment import Assessment, assess, events_of
from services.triage.domain.judgement import RULES
from shared.contracts.events import AlertRaised, ComplaintTriaged
from shared.contracts.vocabulary import AlertKind, Category, Language
from tests.unit.triage.world import complaint, shipped

BURNED = "Ребёнок обжёгся вашим чайником, иду в суд"


def assessed(text: str = BURNED, **fields: object) -> Assessment:
    return assess(complaint(text, **fields), shipped(), "hash-1", 5_000)


def test_an_assessment_keeps_what_it_takes_to_judge_again() -> None:
    kept = assessed(masked_subject="Ожог", rating=1, is_public=True, author_reach=900, in_reply_to="cpl_0")
    assert (kept.facts.text, kept.facts.subject, kept.facts.rating) == (BURNED, "Ожог", 1)
    assert (kept.facts.is_public, kept.facts.author_reach, kept.facts.continues) == (True, 900, True)
    assert (kept.policy, kept.rules, kept.triaged_at) == ("hash-1", RULES, 5_000)


def test_the_subject_is_judged_with_the_text() -> None:
    assert (
        assessed("Прошу ответить", masked_subject="Ожог у ребёнка").judgement.severity
        > assessed("Прошу ответить").judgement.severity
    )


def test_no_phrase_spans_subject_and_text() -> None:
    assert assessed("работает касса", masked_subject="не").category is not Category.PRODUCT


def test_it_can_be_found_by_customer_priority_category_language_and_instant() -> None:
    assert assessed().index() == {
        "customer_id": "cus_1",
        "priority": "P1",
        "category": "safety",
        "language": "ru",
        "triaged_at": 5_000,
    }


def test_a_forgotten_assessment_holds_no_words_of_the_customer() -> None:
    kept = assessed("Курьер опоздал к Марфе Тихоновне", masked_subject="Марфа")
    assert "Марф" not in kept.forgotten().model_dump_json()


def test_a_forgotten_assessment_keeps_its_scores_and_names_no_term_that_was_found() -> None:
    kept = assessed()
    judged, forgotten = kept.judgement, kept.forgotten().judgement
    assert [(f.name, f.points) for f in forgotten.severity_factors] == [(f.name, f.points) for f in judged.severity_factors]
    assert (forgotten.severity, forgotten.urgency, forgotten.priority) == (judged.severity, judged.urgency, judged.priority)
    assert [alert.kind for alert in forgotten.alerts] == [alert.kind for alert in judged.alerts]
    assert words_in(judged.model_dump()) > words_in(forgotten.model_dump()) == set()


def test_events_that_are_still_to_be_said_of_somebody_erased_name_no_terms_either() -> None:
    said = events_of(assessed())
    assert all(words_in(event.model_dump()) for event in said)
    assert [words_in(event.forgotten().model_dump()) for event in said] == [set() for _ in said]  # type: ignore[attr-defined]


def words_in(value: Any) -> set[str]:
    """All terms that a judgement or an event of it names."""
    if isinstance(value, dict):
        own = [*value.get("words", ()), *value.get("category_words", ())]
        return set(own).union(*(words_in(part) for part in value.values()))
    return set().union(*(words_in(part) for part in value)) if isinstance(value, list | tuple) else set()


def test_it_reads_back_as_it_was_written_and_carries_newer_fields() -> None:
    kept = assessed()
    assert Assessment.model_validate_json(kept.model_dump_json()) == kept
    newer = Assessment.model_validate({**kept.model_dump(mode="json"), "sentiment": "negative"})
    assert newer.model_dump()["sentiment"] == "negative"


def test_it_says_triaged_and_one_alert_of_a_kind() -> None:
    triaged, *alerts = events_of(assessed())
    assert isinstance(triaged, ComplaintTriaged)
    assert triaged.alerts == (AlertKind.INJURY, AlertKind.LEGAL)
    assert (triaged.language, triaged.policy, triaged.rules, triaged.triaged_at) == (Language.RU, "hash-1", RULES, 5_000)
    assert all(isinstance(alert, AlertRaised) for alert in alerts)
    assert [(alert.alert, alert.raised_at) for alert in alerts if isinstance(alert, AlertRaised)] == [
        (AlertKind.INJURY, 5_000),
        (AlertKind.LEGAL, 5_000),
    ]
    assert "обжёгся" in alerts[0].model_dump()["words"]


def test_the_points_it_says_add_up() -> None:
    triaged = events_of(assessed())[0].model_dump()
    assert sum(factor["points"] for factor in triaged["severity_factors"]) == triaged["severity"]
    assert sum(factor["points"] for factor in triaged["urgency_factors"]) == triaged["urgency"]


def test_the_same_complaint_and_policy_give_the_same_assessment() -> None:
    assert assessed() == assessed()


def test_an_empty_text_is_judged_by_what_is_left() -> None:
    kept = assessed("", rating=1)
    assert kept.category is Category.OTHER
    assert {factor.name for factor in kept.judgement.severity_factors} == {"start", "rating"}
