import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.amounts import largest_amounts_in


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("списали 3 500 рублей и 1200 р.", {"RUB": 3500}),
        ("12 тыс. руб", {"RUB": 12_000}),
        ("2 млн рублей", {"RUB": 2_000_000}),
        ("тариф 4500₽", {"RUB": 4500}),
        ("$1,299.99 or {$7000.00} and 20 bucks", {"USD": 7000}),
        ("15k usd, £20, 30 евро", {"USD": 15_000, "GBP": 20, "EUR": 30}),
        ("€ 40 at 10:30", {"EUR": 40}),
        ("заказ 123456, 5 разных вещей, 3 раза", {}),
        ("ничего", {}),
        ("99999999999999999999 рублей", {"RUB": 0}),
    ],
)
def test_the_largest_amount_of_each_currency_is_read(text: str, amounts: dict[str, int]) -> None:
    assert largest_amounts_in(text) == amounts


@given(st.integers(1, 9_999_999))
def test_grouping_does_not_change_an_amount(amount: int) -> None:
    assert largest_amounts_in(f"{amount:,} рублей".replace(",", " ")) == {"RUB": amount}
    assert largest_amounts_in(f"${amount:,}.00") == {"USD": amount}


@given(st.text(alphabet="0123456789 .,рk$", max_size=200))
def test_any_jumble_is_read_without_an_error(text: str) -> None:
    assert all(amount >= 0 for amount in largest_amounts_in(text).values())
