"""How numbers, hours, sums and names are said."""

import pytest

from services.followup.domain.wording import date_in_words, day_in_words, hour_in_words, money_in_words, name_in_greeting, within
from services.followup.domain.zone import end_of_day, local
from shared.contracts.vocabulary import Language
from tests.unit.followup.world import DAY, HOUR, NOW, a_policy

RU, EN = Language.RU, Language.EN
MINUTE = 60_000


@pytest.mark.parametrize(
    ("length", "ru", "en"),
    [
        (MINUTE, "в течение 1 минуты", "within 1 minute"),
        (25 * MINUTE, "в течение 25 минут", "within 25 minutes"),
        (51 * MINUTE, "в течение 51 минуты", "within 51 minutes"),
        (HOUR, "в течение 1 часа", "within 1 hour"),
        (2 * HOUR, "в течение 2 часов", "within 2 hours"),
        (5 * HOUR, "в течение 5 часов", "within 5 hours"),
        (5 * HOUR - 1, "в течение 5 часов", "within 5 hours"),
        (11 * HOUR, "в течение 11 часов", "within 11 hours"),
        (21 * HOUR, "в течение 21 часа", "within 21 hours"),
        (2 * DAY, "в течение 2 дней", "within 2 days"),
        (5 * DAY, "в течение 5 дней", "within 5 days"),
        (11 * DAY, "в течение 11 дней", "within 11 days"),
        (21 * DAY, "в течение 21 дня", "within 21 days"),
    ],
)
def test_a_duration_takes_the_right_plural_in_both_languages(length, ru, en):
    assert within(NOW, NOW + length, RU) == ru
    assert within(NOW, NOW + length, EN) == en


@pytest.mark.parametrize("length", [-HOUR, 0, MINUTE - 1, 30 * DAY + 1])
def test_what_is_over_or_far_away_is_no_duration(length):
    assert within(NOW, NOW + length, RU) is None


def test_hours_and_dates_are_those_of_the_policys_zone():
    policy = a_policy()
    assert hour_in_words(NOW, RU, policy) == "14 марта, 13:30 по московскому времени"
    assert hour_in_words(NOW, EN, policy) == "14 March, 13:30 Moscow time"
    assert date_in_words(NOW, RU, policy) == "14 марта 2026 года"
    assert date_in_words(NOW, EN, policy) == "14 March 2026"
    assert day_in_words(NOW + 11 * HOUR, RU, policy) == "15 марта"


@pytest.mark.parametrize(
    ("minor", "currency", "ru", "en"),
    [
        (50_000, "RUB", "500 ₽", "RUB 500"),
        (1_250, "EUR", "12,50 €", "€12.50"),
        (100_000_00, "RUB", "100 000 ₽", "RUB 100,000"),
        (800, "GBP", "8 £", "£8"),
        (500, "JPY", "500 ¥", "JP¥500"),
        (1_005, "KWD", "1,005 KWD", "KWD 1.005"),
        (2_000, "KWD", "2 KWD", "KWD 2"),
    ],
)
def test_a_sum_is_said_as_each_language_says_it(minor, currency, ru, en):
    assert money_in_words(minor, currency, RU).replace("\u00a0", " ") == ru
    assert money_in_words(minor, currency, EN).replace("\u00a0", " ") == en


@pytest.mark.parametrize("name", ["Анна", "Анна Смирнова", "Jean-Luc O'Neil", "  Ольга \n Петровна ", "И. И. Иванов"])
def test_a_person_is_greeted_by_name(name):
    assert name_in_greeting(name) == " ".join(name.split())


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "   ",
        "4711",
        "http://evil.example",
        "Win money at evil.example",
        "www evil",
        "a@b.example",
        "{{ name }}",
        "A" * 80,
    ],
)
def test_what_is_no_name_is_not_greeted(name):
    assert name_in_greeting(name) is None


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Europe/London", "America/St_Johns", "Asia/Kathmandu"])
def test_a_day_ends_a_minute_before_midnight_also_where_clocks_change(zone):
    for days in (0, 14, 15, 300):
        end = local(end_of_day(NOW, days, zone), zone)
        assert (end.hour, end.minute) == (23, 59)
        assert (end.date() - local(NOW, zone).date()).days == days
