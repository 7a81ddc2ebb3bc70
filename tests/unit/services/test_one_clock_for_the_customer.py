"""The tracking page and the letters name instants by the same wall clock, although two services write them."""

from pathlib import Path

import pytest

import deploy
from services.followup.domain.policy_model import FollowupPolicy
from services.followup.domain.wording import hour_in_words
from services.intake.domain.policy_model import IntakePolicy
from services.intake.domain.status import received_in_words
from shared.contracts.vocabulary import Language
from shared.platform.policy import PolicySource

POLICIES = Path(deploy.__file__).parent / "policies"
MIDNIGHT_IN_MOSCOW = 1_773_522_000_000
"""2026-03-14 21:00 UTC."""


def shipped(service, model):
    return PolicySource(POLICIES / f"{service}.yaml", model).load().policy


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.RU, "15 марта 2026 года, 00:00 по московскому времени"),
        (Language.EN, "15 March 2026, 00:00 Moscow time"),
        (Language.OTHER, "15 March 2026, 00:00 Moscow time"),
    ],
)
def test_the_page_says_the_hour_of_the_zone_and_the_zone(language, words):
    assert received_in_words(MIDNIGHT_IN_MOSCOW, language, shipped("intake", IntakePolicy)) == words


@pytest.mark.parametrize("language", [Language.RU, Language.EN])
def test_the_letter_says_the_same_hour_in_the_same_words(language):
    page = received_in_words(MIDNIGHT_IN_MOSCOW, language, shipped("intake", IntakePolicy))
    letter = hour_in_words(MIDNIGHT_IN_MOSCOW, language, shipped("followup", FollowupPolicy))
    assert page.split(",")[1] == letter.split(",")[1]


def test_a_policy_without_a_zone_says_utc_and_one_with_a_wrong_zone_is_refused():
    assert received_in_words(MIDNIGHT_IN_MOSCOW, Language.EN, IntakePolicy()) == "14 March 2026, 21:00 UTC"
    with pytest.raises(ValueError, match="no IANA time zone"):
        IntakePolicy(time_zone="Moscow")
