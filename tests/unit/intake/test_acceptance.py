"""What is taken as a complaint: in doubt, everything."""

from typing import Any

import pytest

from services.intake.domain.acceptance import is_abusive, rejection_of
from shared.contracts.vocabulary import RejectionReason
from tests.unit.intake.given import POLICY, a_submission

REJECTED = (
    ("...", RejectionReason.NO_WORDS),
    ("😡😡😡", RejectionReason.NO_WORDS),
    ("Спасибо большое, всё отлично!", RejectionReason.NOT_A_COMPLAINT),
    ("Thanks, great service!", RejectionReason.NOT_A_COMPLAINT),
    ("Здравствуйте!", RejectionReason.NOT_A_COMPLAINT),
    ("test", RejectionReason.NOT_A_COMPLAINT),
    ("Наша компания предлагает продвижение сайтов, первая консультация бесплатно", RejectionReason.ADVERTISING),
    ("We offer SEO services and will rank your website", RejectionReason.ADVERTISING),
)
TAKEN = (
    "ужас",
    "Спасибо за испорченный день рождения",
    "Спасибо, удружили",
    "Thanks for nothing",
    "Добрый день! Где заказ?",
    "Здравствуйте, заказ 4711",
    "You said we offer refunds, special offer on your site, limited time offer: I was charged twice",
    "Специальное предложение оказалось обманом: коммерческое предложение и прайс-лист одни, счёт другой, верните деньги",
    "Free consultation was promised and nobody came",
    "ok" * 300,
)


@pytest.mark.parametrize(("text", "reason"), REJECTED)
def test_what_is_clearly_no_complaint_is_rejected_with_its_reason(text: str, reason: RejectionReason) -> None:
    assert rejection_of(a_submission(text=text), "", text, POLICY) is reason


@pytest.mark.parametrize("text", TAKEN)
def test_in_doubt_it_is_taken(text: str) -> None:
    assert rejection_of(a_submission(text=text), "", text, POLICY) is None


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"automatic": True}, ""),
        ({}, "Автоответ: я в отпуске"),
        ({}, "Out of Office"),
        ({}, "Undelivered Mail Returned to Sender"),
    ],
)
def test_an_automatic_mail_is_rejected(said: dict[str, Any], subject: str) -> None:
    mail = a_submission(channel="email", text="I am away until Monday", **said)
    assert rejection_of(mail, subject, mail.text, POLICY) is RejectionReason.AUTOMATIC_REPLY


def test_a_web_form_may_have_any_subject() -> None:
    assert rejection_of(a_submission(), "Автоответ не работает", "Не приходит автоответ", POLICY) is None


@pytest.mark.parametrize(("rating", "is_taken"), [(1, True), (2, True), (3, False), (5, False)])
def test_few_stars_complain_without_words(rating: int, is_taken: bool) -> None:
    review = a_submission(channel="review", text="ok", rating=rating)
    assert (rejection_of(review, "", "ok", POLICY) is None) is is_taken


def test_a_photo_or_a_subject_speaks_for_itself() -> None:
    assert rejection_of(a_submission(text="-", attachments=[{"name": "broken.jpg"}]), "", "-", POLICY) is None
    assert rejection_of(a_submission(text="-"), "Сломанный чайник", "-", POLICY) is None


@pytest.mark.parametrize(
    ("text", "abusive"), [("Вы ИДИОТЫ!", True), ("fucking thieves", True), ("Рассмотрите идею", False), ("", False)]
)
def test_abuse_is_noticed_by_the_beginning_of_a_word(text: str, abusive: bool) -> None:
    assert is_abusive(text, POLICY) is abusive


def test_a_submission_with_no_words_of_policy_is_judged_without_them() -> None:
    bare = type(POLICY)()
    assert rejection_of(a_submission(channel="email"), "Автоответ", "Чайник течёт", bare) is None
    assert not is_abusive("идиоты", bare)
