import pytest

from tests.unit.triage.world import judged


@pytest.mark.parametrize(
    ("text", "alerts"),
    [
        ("Дочь обожглась о ваш фен", ["injury"]),
        ("My son was hospitalized after the allergic reaction", ["injury"]),
        ("Проводка задымилась, начался пожар", ["injury"]),
        ("Чуть не отравились вашей рыбой", ["injury"]),
        ("Подам в суд, мой юрист уже пишет претензию", ["legal"]),
        ("I will sue you in small claims court", ["legal"]),
        ("Расскажу всем, выложу видео и позову журналистов", ["press"]),
        ("I am going to the newspaper with this", ["press"]),
        ("Мошенники оформили на меня кредит", ["fraud"]),
        ("Somebody hacked my account, stolen money", ["fraud"]),
        ("Мошенники, обжёгся, иду в суд и к журналистам", ["injury", "legal", "press", "fraud"]),
    ],
)
def test_an_alert_is_raised_with_the_words_that_raised_it(text: str, alerts: list[str]) -> None:
    raised = judged(text).alerts
    assert [alert.kind for alert in raised] == alerts
    assert all(alert.words for alert in raised)


@pytest.mark.parametrize(
    "text",
    [
        "К счастью, никто не обжёгся",
        "Травм нет, пожара не было",
        "Обошлось без травм",
        "No one was injured",
        "Nobody was hurt, no burns",
        "There was no fire and no injuries",
        "Судя по отзывам, магазин хороший",
        "Какой раз ни спрошу, всё понятно",
        "Please help me choose a kettle",
        "Can I use my card in Austria?",
        "They did not make any effort",
        "Доставка пришла раньше срока",
        "Я ранее писал вам в поддержку",
        "Ваша пресс-служба работает отлично",
        "Please report this bug to your team",
    ],
)
def test_a_harmless_text_raises_none(text: str) -> None:
    assert judged(text).alerts == ()
