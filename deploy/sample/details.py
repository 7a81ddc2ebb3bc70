"""The details that vary from message to message: numbers, sums, spans of time, in the writer's language."""

from collections.abc import Callable
from random import Random

from deploy.sample.book import Line
from deploy.sample.people import Person, phone_of

PREFIXES: dict[Line, str] = {"retail": "NM", "card": "NC", "mobile": "MB", "travel": "TR", "food": "FD", "group": "NM"}
_SPANS: dict[str, tuple[int, int, int, tuple[str, ...]]] = {
    "days": (3, 24, 1, ("день", "дня", "дней", "days")),
    "days_of": (3, 20, 1, ("дня", "дней", "дней", "days")),
    "weeks": (2, 7, 1, ("неделю", "недели", "недель", "weeks")),
    "months": (2, 11, 1, ("месяц", "месяца", "месяцев", "months")),
    "hours": (2, 9, 1, ("час", "часа", "часов", "hours")),
    "minutes": (25, 95, 5, ("минуту", "минуты", "минут", "minutes")),
    "times": (3, 9, 1, ("раз", "раза", "раз", "times")),
}
"""Span: lowest, highest, step, and the forms for 1, 2 and 5 in Russian and the English plural."""
_SUMS = {"price_small": (30, 240), "price": (250, 1800), "price_big": (1850, 16000)}
"""Lowest and highest sum, in tens of roubles."""
_FOREIGN_SUMS = {"price_small": (3, 45), "price": (48, 390), "price_big": (410, 4200)}
"""The same in whole pounds or dollars."""


def detail(name: str, person: Person, line: Line, rng: Random) -> str:
    """The value of a slot that no word list knows; raises KeyError for a name that nobody knows."""
    if name in _SPANS:
        return span(name, person, rng)
    if name in _SUMS:
        return price(name, person, rng)
    return _MAKERS[name](person, line, rng)


def span(name: str, person: Person, rng: Random) -> str:
    """A number with its noun in the right form, e.g. `21 день`, `9 days`."""
    lowest, highest, step, forms = _SPANS[name]
    number = rng.randrange(lowest, highest + 1, step)
    return f"{number} {forms[_form(number)] if person.tongue == 'ru' else forms[3]}"


def price(name: str, person: Person, rng: Random) -> str:
    """A sum as its writer would put it, e.g. `12 490 ₽`, `£84.50`."""
    if person.tongue == "ru":
        figure = f"{rng.randint(*_SUMS[name]) * 10:,}".replace(",", rng.choice((" ", "")))
        return f"{figure} {rng.choice(('₽', 'руб.', 'рублей'))}"
    pence = rng.choice((0, 50, 95, 99))
    sign = "$" if person.country == "US" else "£"
    return f"{sign}{rng.randint(*_FOREIGN_SUMS[name]):,}" + (f".{pence:02d}" if pence else "")


def _form(number: int) -> int:
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


def _card(rng: Random) -> str:
    """A card number with a right check digit on a prefix that no bank issues."""
    digits = rng.choice(("400000", "220000")) + f"{rng.randrange(10**9):09d}"
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(digits)]
    check = -sum(d - 9 if d > 9 else d for d in doubled) % 10
    full = f"{digits}{check}"
    return rng.choice((" ", "", " ")).join(full[i : i + 4] for i in range(0, 16, 4))


def _passport(person: Person, rng: Random) -> str:
    """Series 00 00 and leading zeros: no office has ever issued them."""
    return f"00 00 {rng.randrange(10**6):06d}" if person.tongue == "ru" else f"000{rng.randrange(10**6):06d}"


_MAKERS: dict[str, Callable[[Person, Line, Random], str]] = {
    "order": lambda _, line, rng: f"{PREFIXES[line]}-{rng.randint(200_000, 999_999)}",
    "track": lambda _, __, rng: f"NL{rng.randrange(10**9):09d}X",
    "code": lambda _, __, rng: f"NORD{rng.choice('ABCDEFGHKM')}{rng.randint(10, 99)}",
    "last4": lambda _, __, rng: f"{rng.randint(1000, 9999)}",
    "clock": lambda _, __, rng: f"{rng.randint(7, 22)}:{rng.randrange(0, 60, 5):02d}",
    "card": lambda _, __, rng: _card(rng),
    "passport": lambda person, _, rng: _passport(person, rng),
    "phone": lambda person, _, __: person.phone,
    "phone2": lambda person, _, rng: phone_of(person.country, rng.randint(5_000, 9_000)),
    "email": lambda person, _, __: person.email,
    "full_name": lambda person, _, __: person.name,
    "address": lambda person, _, __: person.address,
}
