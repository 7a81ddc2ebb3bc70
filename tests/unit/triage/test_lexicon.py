import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain import lexicon
from tests.unit.triage.world import policy_with, terms_in


def test_an_inflected_word_is_found_and_shown_as_the_policy_writes_it() -> None:
    policy = policy_with(parcel={"ru": ["посылка"], "en": ["parcel"]})
    assert terms_in("Где мои посылки? Two parcels lost.", policy) == {"parcel": ["посылка", "parcel"]}


def test_a_term_that_occurs_twice_counts_once() -> None:
    policy = policy_with(parcel={"ru": ["посылка"]})
    assert terms_in("посылка, посылку, посылкой", policy) == {"parcel": ["посылка"]}


def test_the_longest_term_wins_and_its_words_are_not_looked_at_again() -> None:
    policy = policy_with(broken={"ru": ["не работает"]}, fine={"ru": ["работает"]})
    assert terms_in("Чайник не работает", policy) == {"broken": ["не работает"]}
    assert terms_in("Чайник работает", policy) == {"fine": ["работает"]}


def test_a_term_of_two_themes_counts_for_both() -> None:
    policy = policy_with(theft={"ru": ["украли"]}, crime={"ru": ["украли"]})
    assert terms_in("Украли!", policy) == {"theft": ["украли"], "crime": ["украли"]}


def test_a_phrase_does_not_reach_over_a_mark() -> None:
    policy = policy_with(money={"ru": ["вернуть деньги"]})
    assert terms_in("Прошу вернуть деньги", policy)
    assert not terms_in("Прошу вернуть. Деньги нужны", policy)


def test_a_term_may_contain_a_comma() -> None:
    policy = policy_with(sarcasm={"ru": ["спасибо, что испортили"]}, praise={"ru": ["спасибо"]})
    assert terms_in("Спасибо, что испортили вечер", policy) == {"sarcasm": ["спасибо, что испортили"]}


def test_an_exact_term_finds_only_its_very_form() -> None:
    policy = policy_with(praise={"en": ["helpful="]}, plea={"en": ["help"]})
    assert terms_in("Help", policy) == {"plea": ["help"]}
    assert terms_in("Very helpful", policy) == {"praise": ["helpful"]}


def test_a_prefix_term_finds_every_continuation() -> None:
    policy = policy_with(illness={"en": ["anaphyla*", "severe anaphyla*"]})
    assert terms_in("Anaphylactic, anaphylaxis", policy) == {"illness": ["anaphyla*"]}
    assert terms_in("severe anaphylaxis", policy) == {"illness": ["severe anaphyla*"]}
    assert not terms_in("anaphora", policy)


def test_any_number_stands_for_every_number() -> None:
    policy = policy_with(soon={"ru": ["через 2 часа"]})
    assert terms_in("вылет через 14 часов", policy) == {"soon": ["через 2 часа"]}


@pytest.mark.parametrize(
    "text",
    [
        "Я не обжёгся",
        "обошлось без серьёзных ожогов",
        "ожогов нет",
        "no burns",
        "I was not burned",
        "no scratches or burns",
        "I wasn't burned",
    ],
)
def test_a_negated_injury_is_none(text: str) -> None:
    policy = policy_with(injury={"ru": ["обжёгся", "ожог"], "en": ["burn", "scratches"]})
    assert terms_in(text, policy) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Не предупредили, я обжёгся",
        "не знаю, что делать с ожогом",
        "не предупредили меня заранее об ожогах",
        "not funny but burned",
        "not good. Burned",
        "ожог, нет слов",
    ],
)
def test_a_negation_ends_at_a_mark_a_limit_and_after_its_window(text: str) -> None:
    policy = policy_with(injury={"ru": ["обжёгся", "ожог"], "en": ["burn"]})
    assert "injury" in terms_in(text, policy)


def test_what_looks_like_a_negation_may_be_none() -> None:
    negation = {"ru": {"before": ["не"], "exceptions": ["не только", "чуть не"]}}
    policy = policy_with(negation=negation, injury={"ru": ["обжёгся"]})
    assert terms_in("не только обжёгся", policy) == {"injury": ["обжёгся"]}
    assert terms_in("чуть не обжёгся", policy) == {"injury": ["обжёгся"]}


def test_negated_praise_turns_into_displeasure_and_says_so() -> None:
    policy = policy_with(
        praise={"ru": ["доволен"], "when_negated": "turn", "turns_into": "displeasure"}, displeasure={"ru": ["плохо"]}
    )
    assert terms_in("я не очень доволен", policy) == {"displeasure": ["не … доволен"]}


def test_a_topic_may_keep_its_negated_terms() -> None:
    policy = policy_with(refund={"en": ["refund"], "when_negated": "keep"})
    assert terms_in("no refund", policy) == {"refund": ["refund"]}


def test_a_full_memo_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = policy_with(parcel={"ru": ["посылка"]})
    expected = terms_in("моя посылка и ещё три слова", policy)
    monkeypatch.setattr(lexicon, "REMEMBERED_WORDS", 2)
    assert terms_in("моя посылка и ещё три слова", policy) == expected


SMALL = policy_with(
    injury={"ru": ["ожог"], "en": ["burn", "got burned"]},
    praise={"en": ["good"], "when_negated": "turn", "turns_into": "bad"},
    bad={"en": ["bad", "not good"]},
)


@given(
    st.lists(st.sampled_from(["not", "no", "burned", "got", "good", "bad", "but", ",", ".", "ожоги", "нет", "не"]), max_size=12)
)
def test_finding_is_total_and_repeatable_and_names_only_themes_of_the_policy(words: list[str]) -> None:
    found = terms_in(" ".join(words), SMALL)
    assert found == terms_in(" ".join(words), SMALL)
    assert found.keys() <= SMALL.themes.keys()
    assert all(terms and len(terms) == len(set(terms)) for terms in found.values())
