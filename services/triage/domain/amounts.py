"""How much money is in dispute, as far as the text says."""

import re

_NUMBER = re.compile(r"\d[\d\u00a0.,]*(?: \d{3}(?!\d)[\d.,]*)*")
_CENTS = re.compile(r"[.,]\d{1,2}$")
_NO_DIGITS = re.compile(r"\D")
_AFTER = re.compile(
    r"\s?(?:(?P<thousand>тыс\w*|k\b|thousand)|(?P<million>млн|миллион\w*|million))?[.\s]{0,2}"
    r"(?P<sign>[$€£₽]|(?:руб|доллар|евро|dollar|buck|eur|usd|gbp|rub|pound)\w*|р\b)",
    re.IGNORECASE,
)
_CURRENCIES = {
    "RUB": ("₽", "р", "rub"),
    "USD": ("$", "usd", "dollar", "buck", "доллар"),
    "EUR": ("€", "eur", "евро"),
    "GBP": ("£", "gbp", "pound"),
}
_SIGNS_BEFORE = "$€£₽"
_LONGEST = 15
"""More digits than this are a number of something, not of money."""


def largest_amounts_in(text: str) -> dict[str, int]:
    """ISO 4217 code to the largest amount of that currency which the text names, in whole units."""
    largest: dict[str, int] = {}
    for number in _NUMBER.finditer(text):
        before = text[max(number.start() - 2, 0) : number.start()].strip()[-1:]
        after = _AFTER.match(text, number.end())
        if after:
            factor = 1000 if after["thousand"] else 1_000_000 if after["million"] else 1
            _raise(largest, after["sign"], _whole(number[0]) * factor)
        elif before and before in _SIGNS_BEFORE:
            _raise(largest, before, _whole(number[0]))
    return largest


def _raise(largest: dict[str, int], sign: str, amount: int) -> None:
    currency = next(code for code, starts in _CURRENCIES.items() if sign.lower().startswith(starts))
    largest[currency] = max(largest.get(currency, 0), amount)


def _whole(number: str) -> int:
    digits = _NO_DIGITS.sub("", _CENTS.sub("", number.rstrip(".,")))
    return int(digits) if len(digits) <= _LONGEST else 0
