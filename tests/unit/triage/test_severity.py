from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.preview import preview
from services.triage.domain.scoring import scored
from services.triage.domain.severity import severity_of
from tests.unit.triage.world import complaint, judged, policy_with, shipped

WORDS = ["обжёгся", "украли", "курьер", "опоздал", "спасибо", "отлично", "срочно", "не", "суд", "ребёнок", "ужас"]
WORDS += ["burned", "not", "great", "fraud", "refund", "$5000", "again", "!", ",", ":("]


def test_the_points_of_the_factors_are_the_score() -> None:
    policy = policy_with(
        signals={"start": {"severity": {"first": 20}}},
        loss={"ru": ["потеряли", "сломали"], "severity": {"first": 10, "each": 3, "most": 15}},
    )
    judgement = preview("Потеряли и сломали", policy)
    assert [(factor.name, factor.points, factor.words) for factor in judgement.severity_factors] == [
        ("start", 20, ()),
        ("loss", 13, ("потеряли", "сломали")),
    ]
    assert judgement.severity == 33


def test_what_lies_above_100_is_taken_back_by_a_factor_of_its_own() -> None:
    policy = policy_with(fire={"ru": ["пожар"], "severity": {"first": 80}}, burn={"ru": ["ожог"], "severity": {"first": 70}})
    judgement = preview("пожар и ожог", policy)
    assert judgement.severity == 100
    assert (judgement.severity_factors[-1].name, judgement.severity_factors[-1].points) == ("cap", -50)


def test_what_lies_below_0_is_given_back_by_a_factor_of_its_own() -> None:
    judgement = preview("спасибо", policy_with(praise={"ru": ["спасибо"], "severity": {"first": -8}}))
    assert judgement.severity == 0
    assert (judgement.severity_factors[-1].name, judgement.severity_factors[-1].points) == ("floor", 8)


def test_nothing_noticed_is_no_severity() -> None:
    assert severity_of([]) == scored([]) == (0, ())


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from([None, 1, 2, 3, 4, 5]), st.booleans())
def test_both_sums_are_exact_for_any_text(words: list[str], rating: int | None, is_public: bool) -> None:
    judgement = preview(" ".join(words), shipped(), rating=rating, is_public=is_public, author_reach=12_000)
    assert sum(factor.points for factor in judgement.severity_factors) == judgement.severity
    assert sum(factor.points for factor in judgement.urgency_factors) == judgement.urgency
    assert 0 <= judgement.severity <= 100
    assert 0 <= judgement.urgency <= 100
    assert all(factor.points for factor in (*judgement.severity_factors, *judgement.urgency_factors))


def test_harm_weighs_more_than_loss_and_loss_more_than_a_remark() -> None:
    burned = judged("Ребёнок обжёгся вашим чайником, мы едем в больницу").severity
    lost = judged("Курьер потерял посылку, деньги не возвращают").severity
    remark = judged("Хотелось бы видеть больше цветов в каталоге").severity
    assert burned > lost > remark


def test_praise_lowers_severity_and_negated_praise_raises_it() -> None:
    nothing = judged("заказ 5").severity
    assert judged("доволен заказом").severity < nothing < judged("не доволен заказом").severity


def test_sarcasm_is_no_praise() -> None:
    assert judged("Спасибо, что испортили нам праздник").severity > judged("Спасибо за чудесный вечер").severity


def test_few_stars_raise_severity_and_many_lower_it() -> None:
    by_stars = [judged("Заказывали два раза", rating=stars).severity for stars in (1, 2, 3, 4, 5)]
    assert by_stars == sorted(by_stars, reverse=True)
    assert by_stars[0] > by_stars[2] > by_stars[4]


def test_a_larger_amount_weighs_more() -> None:
    small, large = judged("не вернули 500 рублей").severity, judged("не вернули 500 000 рублей").severity
    assert large > small


def test_what_was_found_is_named_in_the_words_of_the_policy_only() -> None:
    terms = {term.rstrip("=") for theme in shipped().themes.values() for term in theme.terms}
    for factor in judged(complaint("Курьер опоздал и нахамил Ивану Петровичу").masked_text).severity_factors:
        assert set(factor.words) <= terms
