"""What the writer of a mail wrote now."""

import time

import pytest

from services.intake.domain.email_quotes import own_words

HELP = "Поддержка <help@shop.example>"
REPLIES = {
    "gmail": f"пн, 3 мар. 2026 г. в 14:02, {HELP}:\n\n> Здравствуйте!",
    "gmail, wrapped": "пн, 3 мар. 2026 г. в 14:02, Очень Длинное Название Отдела\n<help@shop.example>:\n> Здравствуйте!",
    "gmail of old": f"3 марта 2026 г., 14:02 пользователь {HELP} написал:\n> Здравствуйте!",
    "yandex": '03.03.2026, 14:02, "Поддержка" <help@shop.example>:\nЗдравствуйте!',
    "mail.ru": f"Понедельник, 3 марта 2026, 14:02 +03:00 от {HELP}:\n \nЗдравствуйте!",
    "outlook": f"От: {HELP}\nОтправлено: 3 марта 2026 г. 14:02\nКому: Иван\nТема: RE: Заказ\n\nЗдравствуйте!",
    "outlook of old": "-----Исходное сообщение-----\nОт: Поддержка\nЗдравствуйте!",
    "outlook, English": f"{'_' * 32}\nFrom: Help <h@x.example>\nSent: Monday, March 3, 2026\nTo: J\nSubject: RE\n\nHello",
    "gmail, English": "On Mon, Mar 3, 2026 at 2:02 PM Help <help@shop.example> wrote:\n> Hello",
    "gmail, English, wrapped": "On Mon, Mar 3, 2026 at 2:02 PM The Help Desk of the Shop <help@shop.example>\nwrote:\n> Hello",
    "original message": "-----Original Message-----\nFrom: Help\nHello",
    "apple": f"> 3 марта 2026 г., в 14:02, {HELP} написал(а):\n> \n> Здравствуйте\n\nОтправлено с iPhone",
    "signature": "-- \nИван\nтел. 123",
    "closing": "С уважением,\nИван Петров\n+7 916 123-45-67",
    "phone": "Sent from my iPhone",
}


@pytest.mark.parametrize("rest", REPLIES.values(), ids=REPLIES.keys())
def test_the_quoted_letter_and_the_signature_go(rest: str) -> None:
    assert own_words(f"Товар сломан.\nВерните деньги.\n\n{rest}\n") == "Товар сломан.\nВерните деньги."


@pytest.mark.parametrize(
    "text",
    [
        "The items were:\n- broken cup\n- late parcel\nPlease refund.\nThanks, I want my money\nnow",
        "Заказ 4711\nДата: 12.03.2026\nТема: брак\nПишу третий раз: где деньги?",
        "Заказал чайник.\nКурьер 12.03.2026 в 14:02 мне написал:\nсам забирай\nЯ в шоке",
        "С уважением отношусь к вашей фирме, но это слишком",
        "On Monday I asked for a refund. They said:\nno",
    ],
)
def test_the_complaint_itself_is_not_cut(text: str) -> None:
    assert own_words(text) == text


def test_an_answer_below_the_quote_is_found() -> None:
    text = "03.03.2026 14:02, Поддержка пишет:\n> Когда вам удобно?\nВ любое время, но вы не приехали."
    assert own_words(text) == "В любое время, но вы не приехали."


def test_a_forwarded_complaint_is_kept_whole() -> None:
    head = "---------- Forwarded message ---------\nFrom: J <j@x.example>\nDate: Mon\nSubject: s\nTo: <h@x.example>"
    text = f"{head}\n\nMy order is late."
    assert own_words(text) == text
    assert own_words("> Товар сломан\n> верните деньги") == "Товар сломан\nверните деньги"


@pytest.mark.parametrize("piece", ["\n", "On 2026\n", "From: a\n", "> \n", "a\n", "On a "])
def test_a_megabyte_takes_time_in_proportion(piece: str) -> None:
    before = time.perf_counter()
    own_words(piece * (500_000 // len(piece)) + "x")
    assert time.perf_counter() - before < 5
