"""The survey's pages: whole in both languages, safe against what was typed, usable without a script."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.unit.followup.world import ROOT

PAGES = Path(ROOT, "services/followup/pages")
BASE = Path(ROOT, "shared/platform/http/pages")
ENV = Environment(loader=FileSystemLoader([PAGES, BASE]), autoescape=True, undefined=StrictUndefined)
BLANK = {"number": "cmp_1", "nonce": "n0nce", "solved": "", "score": None, "words": "", "missing": False, "why": "unknown_survey"}


def page(name, language="ru", **said):
    return ENV.get_template(f"{name}.html").render(BLANK | {"language": language} | said)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", ["survey", "thanks", "gone"])
def test_every_page_is_whole_and_loads_nothing_from_elsewhere(name, language):
    html = page(name, language)
    assert f'<html lang="{language}">' in html
    assert '<style nonce="n0nce">' in html
    assert not re.search(r"<script|src=|https?:|url\(| style=|None", html)
    title = re.search(r"<title>(.+)</title>", html).group(1)
    assert f"<h1>{title}</h1>" in html
    assert bool(re.search("[а-яё]", html)) == (language == "ru")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_link_that_takes_no_answer_any_more_says_why(language):
    reasons = ("unknown_survey", "already_answered", "expired", "erased")
    assert len({re.search(r"<h1>(.+)</h1>", page("gone", language, why=why)).group(1) for why in reasons}) == len(reasons)


def test_every_field_of_the_form_has_a_label():
    html = page("survey")
    assert len(re.findall(r'<label class="choice"><input type="radio" name="score" value="[1-5]" required>', html)) == 5
    assert len(re.findall(r'<label class="choice"><input type="radio" name="solved" value="(?:yes|no)" required>', html)) == 2
    assert html.count("<legend>") == html.count("<fieldset>") == 2
    assert 'for="words"' in html
    assert 'id="words"' in html


def test_the_link_of_the_letter_preselects_whether_it_is_solved():
    assert re.findall(r'value="(\w+)" required checked', page("survey", solved="no")) == ["no"]


def test_what_was_filled_in_stays_and_is_escaped():
    html = page("survey", solved="yes", score=3, words="</textarea><script>alert(1)</script>", missing=True)
    assert re.findall(r'value="(\w+)" required checked', html) == ["yes", "3"]
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert 'role="alert"' in html


def test_thanks_differ_for_what_is_not_solved():
    assert page("thanks", solved="no") != page("thanks", solved="yes")
