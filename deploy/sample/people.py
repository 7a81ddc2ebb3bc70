"""The invented customers of the sample; their numbers and addresses are of ranges that reach nobody."""

from dataclasses import dataclass
from random import Random

from deploy.sample.book import Book, Tongue

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)
_UK_AREAS = ("20 7946 0", "161 496 0", "121 496 0", "113 496 0", "131 496 0", "141 496 0")
_US_AREAS = (202, 206, 215, 303, 305, 312, 313, 314, 404, 408, 412, 415, 503, 504, 512, 513, 602, 612, 615, 617, 702, 713)


@dataclass(frozen=True, slots=True)
class Person:
    """One customer: `number` is a serial, so no two share an address."""

    number: int
    tongue: Tongue
    country: str
    female: bool
    name: str
    email: str
    phone: str
    address: str

    @property
    def handle(self) -> str:
        """The name in chats and networks, e.g. `@olga_nosova_17`."""
        return "@" + self.email.split("@")[0].replace(".", "_")


def person_of(book: Book, tongue: Tongue, number: int, rng: Random, speaker: str = "", country: str = "") -> Person:
    """Invent a customer; `speaker` and `country` are fixed where a text asks for it."""
    female = speaker == "female" if speaker else rng.random() < 0.5
    given = rng.choice(book.people.female if female else book.people.male)
    surname = rng.choice(book.people.surnames) + ("а" if tongue == "ru" and female else "")
    country = country or rng.choice(book.people.countries)
    domain = rng.choice(("example.ru", "example.com") if tongue == "ru" else ("example.com", "example.org"))
    email = f"{latin(given)}.{latin(surname)}{number}@{domain}"
    return Person(
        number=number,
        tongue=tongue,
        country=country,
        female=female,
        name=f"{given} {surname}",
        email=email,
        phone=phone_of(country, number),
        address=_address(book, tongue, country, rng),
    )


def latin(word: str) -> str:
    """The word in Latin letters, lower case, as people write it in addresses."""
    return "".join(_LATIN.get(letter, letter) for letter in word.lower())


def phone_of(country: str, number: int) -> str:
    """A telephone number that nobody has: code 907 is not given out in Russia, the others are kept for films and books."""
    if country == "RU":
        digits = f"{2_000_000 + number * 7919 % 7_999_993:07d}"
        return f"+7 907 {digits[:3]}-{digits[3:5]}-{digits[5:]}"
    if country == "US":
        return f"+1 {_US_AREAS[number % 22]} 555 01{number // 22 % 100:02d}"
    return f"+44 {_UK_AREAS[number % 6]}{number // 6 % 1000:03d}"


def _address(book: Book, tongue: Tongue, country: str, rng: Random) -> str:
    street = rng.choice(book.words["street"])
    house, flat = rng.randint(1, 90), rng.randint(1, 160)
    if tongue == "ru":
        return f"{street}, д. {house}, кв. {flat}"
    return f"{house} {street}" + (f", Flat {flat % 20 + 1}" if country == "GB" else f", Apt {flat}")
