"""The order in which complaints arrive: who writes what, who writes again, and which records are sent twice."""

import copy
from dataclasses import dataclass
from random import Random
from typing import Any

from deploy.sample.book import Body, Tongue, book_of
from deploy.sample.chance import seeded
from deploy.sample.envelope import BRANDS, customer, envelope
from deploy.sample.grammar import Filling, typed
from deploy.sample.letters import letter, subject
from deploy.sample.people import Person, person_of
from shared.contracts.vocabulary import Channel

DOUBLES = 0.02
"""Share of records that an upstream system sends twice."""
AGAIN = 0.08
"""Share of messages that continue an earlier one."""
RETURNING = 0.05
"""Share of messages about something new by a customer who wrote before."""
_WEIGHTS = dict(zip(Channel, (22, 16, 16, 14, 15, 15, 16), strict=False))
_HASTY = (Channel.CHAT, Channel.SOCIAL, Channel.REVIEW)
_COUNTRY_TAGS = {"RU": "ru", "GB": "en-GB", "US": "en-US"}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message that its writer may come back to."""

    person: Person
    source_id: str
    about: str
    order: str


class Deck:
    """The bodies of one language, dealt so that each comes up before any comes up again."""

    def __init__(self, tongue: Tongue, rng: Random) -> None:
        """Shuffle the first round; what is seldom skips every second one."""
        bodies = book_of(tongue).bodies
        self._fresh = [body for body in bodies if body.kind != "followup"]
        self.followups = [body for body in bodies if body.kind == "followup"]
        self._rng, self._hand, self._rounds = rng, list[Body](), 0

    def deal(self) -> Body:
        """The next body."""
        if not self._hand:
            self._hand = [body for body in self._fresh if not (body.seldom and self._rounds % 2)]
            self._rng.shuffle(self._hand)
            self._rounds += 1
        return self._hand.pop()


class Stream:
    """Writes one message after the other and remembers who wrote what."""

    def __init__(self, seed: int) -> None:
        """Everything follows from the seed."""
        self._rng = seeded(seed, "stream")
        self._decks: dict[Tongue, Deck] = {"ru": Deck("ru", seeded(seed, "ru")), "en": Deck("en", seeded(seed, "en"))}
        self._earlier: dict[Tongue, list[Earlier]] = {"ru": [], "en": []}
        self._texts: set[str] = set()
        self._serial = 0

    def write(self, tongue: Tongue) -> dict[str, Any]:
        """The next message in this language; its text is like no other before."""
        while True:
            body, earlier, person = self._who_writes_what(tongue)
            for _ in range(30):
                payload, filling = self._message(body, person, earlier)
                key = "".join(letter for letter in payload["text"].casefold() if letter.isalnum())
                if key not in self._texts:
                    self._texts.add(key)
                    self._remember(body, person, payload, filling)
                    return payload

    def _who_writes_what(self, tongue: Tongue) -> tuple[Body, Earlier | None, Person]:
        rng, deck, before = self._rng, self._decks[tongue], self._earlier[tongue]
        luck = rng.random()
        if before and luck < AGAIN:
            earlier = before.pop(rng.randrange(len(before)))
            return rng.choice(deck.followups), earlier, earlier.person
        body = deck.deal()
        known = [earlier.person for earlier in before if _may_say(earlier.person, body)]
        if known and body.kind == "complaint" and luck < AGAIN + RETURNING:
            return body, None, rng.choice(known)
        self._serial += 1
        return body, None, person_of(book_of(tongue), tongue, self._serial, rng, body.speaker, body.country)

    def _message(self, body: Body, person: Person, earlier: Earlier | None) -> tuple[dict[str, Any], Filling]:
        rng = self._rng
        channel = rng.choices(body.on, [_WEIGHTS[c] for c in body.on])[0]
        known = {"about": earlier.about, "order": earlier.order} if earlier else {}
        filling = Filling(book_of(person.tongue), body, person, rng, known)
        payload = envelope(channel, len(self._texts), body, person, rng)
        payload["text"] = self._text(body, channel, person, filling)
        if not body.anonymous and (channel is Channel.EMAIL or rng.random() > 0.03):
            payload["customer"] = customer(channel, person, rng, sure=earlier is not None)
        payload |= self._common(body, channel, person, filling)
        if earlier and rng.random() < 0.5:
            payload["in_reply_to"] = earlier.source_id
        return payload, filling

    def _text(self, body: Body, channel: Channel, person: Person, filling: Filling) -> str:
        text = filling.fill(body.text).strip()
        text = text.upper() if body.style == "caps" else typed(text, channel in _HASTY, self._rng)
        return letter(text, body, person, filling, self._rng) if channel is Channel.EMAIL else text

    def _common(self, body: Body, channel: Channel, person: Person, filling: Filling) -> dict[str, Any]:
        """The fields that any channel may have, and often has not."""
        rng, common = self._rng, dict[str, Any]()
        if channel is Channel.EMAIL or (channel is Channel.WEB and rng.random() < 0.6):
            common["subject"] = subject(body, person.tongue, filling, rng)
        if "order" in filling.values and rng.random() < 0.7:
            common["order"] = filling.values["order"]
        product = filling.values.get("gadget") or filling.values.get("garment")
        if product and rng.random() < 0.6:
            common["product"] = product
        if body.photo and rng.random() < 0.8:
            common["attachments"] = [_photo(rng, number) for number in range(1, rng.randint(1, 3) + 1)]
        if rng.random() < 0.85:
            common["brand"] = BRANDS[body.line]
        if rng.random() < 0.7:
            common["country"] = person.country
        if body.id != "mixed_language" and channel in (Channel.WEB, Channel.CHAT) and rng.random() < 0.4:
            common["language"] = _COUNTRY_TAGS[person.country]
        return common

    def _remember(self, body: Body, person: Person, payload: dict[str, Any], filling: Filling) -> None:
        if body.about and payload.get("customer", {}).get("email"):
            order = filling.fill("{order}")
            self._earlier[person.tongue].append(Earlier(person, payload["source_id"], filling.fill(body.about), order))


def _may_say(person: Person, body: Body) -> bool:
    right_voice = not body.speaker or person.female == (body.speaker == "female")
    return right_voice and body.country in ("", person.country)


def _photo(rng: Random, number: int) -> dict[str, Any]:
    return {"name": f"photo_{number}.jpg", "media_type": "image/jpeg", "size": rng.randint(180_000, 4_200_000)}


def stream_of(count: int, seed: int) -> list[dict[str, Any]]:
    """`count` records in sending order, half of them Russian, about one in fifty an exact double of an earlier one."""
    rng, stream = seeded(seed, "order"), Stream(seed)
    doubles = round(count * DOUBLES)
    tongues: list[Tongue] = ["ru" if place % 2 else "en" for place in range(count - doubles)]
    rng.shuffle(tongues)
    records = [stream.write(tongue) for tongue in tongues]
    for place in sorted(rng.sample(range(len(records)), doubles), reverse=True):
        records.insert(min(len(records), place + rng.randint(1, 25)), copy.deepcopy(records[place]))
    return records
