import pytest

from services.triage.domain.shouting import shouts


@pytest.mark.parametrize(
    ("text", "loud"),
    [
        ("ВЕРНИТЕ МОИ ДЕНЬГИ", True),
        ("Добрый день. ВЕРНИТЕ МНЕ МОИ ДЕНЬГИ!", True),
        ("Добрый день, пишу вам из МТС и СДЭК по делу", False),
        ("верните мои деньги", False),
        ("ОК", False),
        ("XXXX XXXX XXXX XXXX", False),
        ("GIVE ME MY MONEY BACK", True),
        ("", False),
    ],
)
def test_capitals_are_shouting_when_they_are_many(text: str, loud: bool) -> None:
    assert shouts(text, share=0.3, letters=12) is loud
