"""How much money is in dispute, as far as the text says."""

import re

_NUMBER = r"\d{1,3}(?:[ \u00a0,.]\d{3})+(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?"
_THOUSANDS = r"(?:\s?(?:(?P<thousand>тыс\w*|тысяч\w*|k|thousand)|(?P<million>млн|миллион\w*|m|million))\b\.?)?"
_SIGNS = {"$": "USD", "usd": "USD", "dollar": "USD", "buck": "USD", "доллар": "USD", "€": "EUR", "eur": "EUR", "евро": "EUR"}
_SIGNS |= {"£": "GBP", "gbp": "GBP", "pound": "GBP", "₽": "RUB", "руб": "RUB", "р": "RUB", "rub": "RUB"}
_AFTER = r"\s?(?P<sign>[$€£₽]|(?:руб|доллар|евро|dollar|buck|eur|usd|gbp|rub|pound)\w*|р\b)"
_AMOUNT = re.compile(rf"(?P<before>[$€£₽])\s?(?P<n1>{_NUMBER})|(?P<n2>{_NUMBER}){_THOUSANDS}{_AFTER}", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def largest_amounts_in(text: str) -> dict[str, int]:
    """ISO 4217 code to the largest amount of that currency which the text names, in whole units."""
    largest: dict[str, int] = {}
    if _DIGIT.search(text) is None:
        return largest
    for match in _AMOUNT.finditer(text):
        currency = _currency_of((match["before"] or match["sign"]).lower())
        factor = 1000 if match["thousand"] else 1_000_000 if match["million"] else 1
        largest[currency] = max(largest.get(currency, 0), _whole(match["n1"] or match["n2"]) * factor)
    return largest


def _whole(number: str) -> int:
    digits = re.sub(r"[.,]\d{1,2}$", "", number)
    return int(re.sub(r"\D", "", digits))


def _currency_of(sign: str) -> str:
    return _SIGNS.get(sign) or next(code for start, code in _SIGNS.items() if sign.startswith(start))
