"""Survey links: made again at will, opened by nobody who was not sent one."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.followup.domain.link import SurveyLink, read_survey_token, survey_token

SECRET = b"a secret of the house"
TOKEN = survey_token(SECRET, "cmp_01k5abc", 2)


def test_a_token_names_its_complaint_and_round():
    assert read_survey_token(SECRET, TOKEN) == SurveyLink("cmp_01k5abc", 2)
    assert survey_token(SECRET, "cmp_01k5abc", 2) == TOKEN


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "cmp_01k5abc",
        "cmp_01k5abc.2.",
        "..",
        TOKEN.replace(".2.", ".1."),
        TOKEN.replace(".2.", ".02."),
        TOKEN.replace(".2.", ".²."),
        TOKEN.replace(".2.", ".٢."),
        TOKEN.replace("cmp_01k5abc", "cmp_01k5abd"),
        TOKEN.upper(),
        f"{TOKEN} ",
        TOKEN[:-1],
        f"{TOKEN}0",
        "x.2." + "й" * 32,
        "x.2.\ud800",
        "x." + "9" * 5_000 + ".y",
    ],
)
def test_what_we_did_not_make_opens_nothing(forged):
    assert read_survey_token(SECRET, forged) is None


def test_another_secret_opens_nothing():
    assert read_survey_token(b"another", TOKEN) is None


@drawn(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=80), st.integers(1, 999_999))
def test_every_token_is_read_back(complaint, round_):
    assert read_survey_token(SECRET, survey_token(SECRET, complaint, round_)) == SurveyLink(complaint, round_)
