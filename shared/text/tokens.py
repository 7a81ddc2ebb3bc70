"""Which words a text consists of, and in which form they are compared."""

import re
from functools import lru_cache

import Stemmer

NUMBER = "0"
"""The form of every number: `через 2 часа` and `через 15 часов` compare alike."""
SMILE, FROWN = ":)", ":("
"""The forms of all smiles and of all frowns that are typed with brackets."""
MARKS = frozenset(",.")
"""The forms of a comma (also dashes set off by spaces) and of whatever ends a sentence."""

_TOKEN = re.compile(
    r"\[[a-z_]+\]"  # what masking left: one token, so that `[card]` never reads as the word `card`
    r"|[^\W\d_]+|\d+(?:[.,: ]\d+)*"
    r"|:-?[()]+|;-?\)+|\({2,}|\){2,}|\((?=\s|$)"  # a bracket that opens before a blank is a frown, not a bracket
    r"|,|\s[-–—]\s|[.!?;:…]+|\n\s*\n"
    r"|[\u2639-\u2764\U0001F300-\U0001FAFF]"
)
_GLUED_NOT = re.compile(r"\b(do|does|did|is|was|were|have|has|had|could|would|should|are|ca|wo)nt\b")
_RUSSIAN = Stemmer.Stemmer("russian", 0)
_ENGLISH = Stemmer.Stemmer("english", 0)
_LONGEST_WORD = 40
_PAUSES = frozenset(",-–—")


def tokens_of(text: str) -> list[str]:
    """Lower-case words, numbers, marks and smiles of a text in order; `ё` is `е`, and `n't` is a word of its own, `not`."""
    folded = text.lower()
    if "ё" in folded:
        folded = folded.replace("ё", "е")
    if "’" in folded:
        folded = folded.replace("’", "'")
    if "nt" in folded or "n't" in folded or "cannot" in folded:
        folded = _spelled_out(folded)
    return _TOKEN.findall(folded)


def _spelled_out(folded: str) -> str:
    spelled = _GLUED_NOT.sub(r"\1n't", folded).replace("cannot", "can not")
    return spelled.replace("can't", "can not").replace("won't", "will not").replace("n't", " not")


@lru_cache(maxsize=65_536)
def stem_of(token: str) -> str:
    """The form in which a token is compared: a stem in its script's language, or one sign for numbers, marks and smiles."""
    first = token[0]
    if first.isalpha():
        return _stemmed(token[:_LONGEST_WORD])
    if first.isdigit():
        return NUMBER
    if "(" in token:
        return FROWN
    if ")" in token:
        return SMILE
    if first == "[" or first >= "\u2639":
        return token
    return "," if token.strip() in _PAUSES else "."


def _stemmed(word: str) -> str:
    stemmer = _RUSSIAN if "а" <= word[0] <= "я" else _ENGLISH
    return str(stemmer.stemWord(word))


def is_word(token: str) -> bool:
    """True for words and numbers, False for marks, smiles and masks."""
    return token[0].isalnum()
