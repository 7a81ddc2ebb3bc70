import pytest

from tests.unit.triage.world import judged


@pytest.mark.parametrize(
    ("urgent", "calm"),
    [
        ("У меня украли карту и сняли деньги", "Подскажите, какая комиссия за перевод"),
        ("Someone used my card, I did not authorise this", "Which currencies can I exchange?"),
        ("Рейс через 2 часа, билета нет", "Рейс был вчера, билета не нашёл"),
        ("Срочно, нужно до завтра", "Когда сможете"),
        ("Пишу третий раз, ответа нет", "Пишу вам впервые"),
        ("Сломался лифт, мама инвалид", "Сломался лифт"),
        ("Our baby has no heating at home", "No heating at home"),
        ("Иду в суд и к журналистам", "Иду домой"),
        ("ВЕРНИТЕ НАКОНЕЦ МОИ ДЕНЬГИ", "верните наконец мои деньги"),
        ("Верните заказ!!!", "Верните заказ"),
    ],
)
def test_what_cannot_wait_is_more_urgent(urgent: str, calm: str) -> None:
    assert judged(urgent).urgency > judged(calm).urgency


def test_reach_counts_by_tenfold_and_not_without_end() -> None:
    text = "Опять сбой"
    hidden = judged(text).urgency
    by_reach = [
        judged(text, is_public=True, author_reach=reach).urgency for reach in (None, 0, 50, 5_000, 500_000, 10**9, 10**15)
    ]
    assert hidden < by_reach[0] == by_reach[1] < by_reach[2] < by_reach[3] < by_reach[4]
    assert by_reach[5] == by_reach[6]


def test_reach_without_a_public_post_does_not_count() -> None:
    assert judged("Опять сбой", author_reach=10**6).urgency == judged("Опять сбой").urgency


def test_a_continued_complaint_is_more_urgent_and_says_why() -> None:
    again = judged("Где заказ", continues=True)
    assert again.urgency > judged("Где заказ").urgency
    assert "continued" in [factor.name for factor in again.urgency_factors]
