import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.tokens import is_word, stem_of, tokens_of


def stems(text: str) -> list[str]:
    return [stem_of(token) for token in tokens_of(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Курьер НЕ приехал", ["курьер", "не", "приехал"]),
        ("Обжёгся, ещё и как!", ["обжегся", ",", "еще", "и", "как", "!"]),
        ("I can't log in", ["i", "can", "not", "log", "in"]),
        ("I cannot, won’t and didn't", ["i", "can", "not", ",", "will", "not", "and", "did", "not"]),
        ("it didnt work, dont care", ["it", "did", "not", "work", ",", "do", "not", "care"]),
        ("internet wanted", ["internet", "wanted"]),
        ("позвоните на [phone] или [email]", ["позвоните", "на", "[phone]", "или", "[email]"]),
        ("10 000,50 руб. в 15:30", ["10 000,50", "руб", ".", "в", "15:30"]),
        ("какие-то из-за", ["какие", "то", "из", "за"]),
        ("", []),
        ("\u200b \t", []),
    ],
)
def test_a_text_falls_into_words_numbers_masks_and_marks(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [("курьер", "курьеру"), ("мошенники", "мошенников"), ("ожог", "ожоги"), ("refunds", "refunded"), ("injury", "injuries")],
)
def test_inflected_forms_of_a_word_compare_alike(one: str, other: str) -> None:
    assert stem_of(one) == stem_of(other)


def test_every_number_compares_alike() -> None:
    assert stems("через 2 часа") == stems("через 15 часов")


@pytest.mark.parametrize("frown", [":(", ":-(", "((", "ну вот ("])
def test_frowns_compare_alike_and_differ_from_smiles(frown: str) -> None:
    assert stems(frown)[-1] == ":("
    assert stems(":)") == stems(")))") == stems(";)") == [":)"]


def test_a_bracket_around_words_is_no_frown() -> None:
    assert stems("заказ (второй) потерян") == [stem_of("заказ"), stem_of("второй"), stem_of("потерян")]


def test_a_mask_is_neither_a_word_nor_mixed_up_with_one() -> None:
    assert stem_of("[card]") != stem_of("card")
    assert not is_word("[card]")
    assert is_word("card")


def test_a_dash_set_off_by_blanks_is_a_pause_and_a_full_stop_an_end() -> None:
    assert stems("ужас - и всё... точка") == [stem_of("ужас"), ",", "и", "все", ".", "точк"]


@given(st.text(max_size=300))
def test_any_text_has_tokens_and_each_of_them_a_form(text: str) -> None:
    for token in tokens_of(text):
        assert stem_of(token)
        assert "ё" not in token


@given(st.text(alphabet="abcdefghабвгдеё ", max_size=60))
def test_case_does_not_matter(text: str) -> None:
    assert tokens_of(text.upper()) == tokens_of(text)
