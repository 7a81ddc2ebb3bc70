import pytest

from services.triage.domain.category import category_of
from shared.contracts.vocabulary import Category
from tests.unit.triage.world import judged, policy_with


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Курьер не приехал, посылку потеряли", "delivery"),
        ("My parcel never arrived", "delivery"),
        ("Телефон не включается, экран треснул", "product"),
        ("The kettle stopped working after a week", "product"),
        ("Продавщица нахамила и накричала", "service"),
        ("The waiter was rude to my wife", "service"),
        ("Навязали страховку, дважды списали комиссию", "billing"),
        ("I was overcharged on my bill, hidden fees everywhere", "billing"),
        ("Отказали в возврате, верните деньги", "refund"),
        ("They refuse to refund me, I want my money back", "refund"),
        ("Не могу войти в личный кабинет, пароль не подходит", "account"),
        ("I am locked out of my account, password reset fails", "account"),
        ("Мошенники украли деньги с карты", "fraud"),
        ("My card was stolen and used for fraud", "fraud"),
        ("Утюг загорелся, рука в ожогах", "safety"),
        ("Food poisoning after your salad, we were vomiting", "safety"),
        ("Разгласили мои персональные данные соседям", "privacy"),
        ("You leaked my personal data to strangers", "privacy"),
        ("Никто не отвечает, не могу дозвониться", "communication"),
        ("Nobody answers, no reply to my emails, on hold for 40 minutes", "communication"),
        ("Хм", "other"),
    ],
)
def test_a_complaint_gets_the_category_that_most_of_its_words_speak_for(text: str, category: str) -> None:
    assert judged(text).category == category


def test_the_words_that_decided_are_named() -> None:
    assert judged("Курьер не приехал").category_words == ("курьер", "не приехал")


def test_among_equals_the_policy_decides() -> None:
    themes = {"parcel": {"en": ["parcel"], "category": "delivery"}, "fire": {"en": ["fire"], "category": "safety"}}
    policy = policy_with(**themes)
    found = {"parcel": ["parcel"], "fire": ["fire"]}
    for first in (Category.SAFETY, Category.DELIVERY):
        rules = policy.category.model_copy(update={"first": (first,)})
        assert category_of(found, policy.model_copy(update={"category": rules})).category is first


def test_too_little_weight_is_no_category() -> None:
    policy = policy_with(parcel={"en": ["parcel"], "category": "delivery", "weight": 2})
    rules = policy.category.model_copy(update={"least": 3})
    assert category_of({"parcel": ["parcel"]}, policy.model_copy(update={"category": rules})).category is Category.OTHER
