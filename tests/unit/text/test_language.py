"""Which language a text is in."""

import pytest

from shared.contracts.vocabulary import Language
from shared.text.language import language_of

RUSSIAN = (
    "Заказ опоздал на неделю, курьер нагрубил",
    "ужас",
    "delivery опоздал",
    "iPhone 15 Pro Max 256GB не включается",
    "ЗАЗНАЛИСЬ!!! ЗДЕСЬ ЖЕ ДОЗВОНИТЬСЯ НЕЛЬЗЯ — ЖДУ",
    "@shop https://shop.example/orders/very-long-path-of-the-order ну и где",
    "gde moi zakaz, kogda privezut",
    "Ёлки-палки, всё ещё жду",
    "Я живу в Києві, но пишу вам по-русски: посылку так и не доставили, хотя обещали ещё в прошлый вторник",
)
ENGLISH = (
    "The order was a week late",
    "ok",
    "Refund",
    "The manager said «извините» and hung up, that is not how you treat people",
    "Café staff at the Zürich branch were rude to my wife",
)
OTHER = (
    "",
    "12345 !!!",
    "😡😡😡",
    "Де моє замовлення? Чекаю вже тиждень",
    "Дзе мой заказ? Ён не прыйшоў",
    "Менің тапсырысым қайда",
    "Wo ist mein Paket und wann kommt das?",
    "quiero mi dinero por favor, es muy tarde",
    "المندوب تأخر كثيرا",
    "我的订单在哪里",
)


@pytest.mark.parametrize("text", RUSSIAN)
def test_russian_is_recognised_among_brands_links_and_in_latin_letters(text: str) -> None:
    assert language_of(text) is Language.RU


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_recognised_with_a_foreign_word_in_it(text: str) -> None:
    assert language_of(text) is Language.EN


@pytest.mark.parametrize("text", OTHER)
def test_neighbours_and_texts_without_letters_are_other(text: str) -> None:
    assert language_of(text) is Language.OTHER


def test_a_lone_surrogate_does_not_break_it() -> None:
    assert language_of("Заказ не пришёл \ud800") is Language.RU
