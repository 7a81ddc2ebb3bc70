"""What a letter says: a template and its slots, every one of them filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import DictLoader, StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.followup.domain.order import LetterOrder
from services.followup.domain.policy_model import FollowupPolicy
from services.followup.domain.wording import date_in_words, day_in_words, hour_in_words, money_in_words, name_in_greeting, within
from shared.contracts.vocabulary import Language, NoticeKind

TEMPLATES = ("acknowledgement", "reopening", "escalation", "resolution", "survey", "offer")


class UnfilledSlot(ValueError):  # noqa: N818 - named after what is wrong with the letter
    """A letter would have had a hole in it."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What only the courier can add: texts it opened, links and the code it made from the secret."""

    name: str | None = None
    answer: str | None = None
    track: str | None = None
    """Address of the page where the customer follows the complaint."""
    survey: str | None = None
    """Address of the survey page, without a query."""
    code: str | None = None

    def __repr__(self) -> str:
        """Never the content."""
        return "Inside()"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it goes out: plain text in one language."""

    subject: str
    text: str
    language: Language


class Letters:
    """All templates, compiled once; the texts come as `{"ru/offer.j2": "…"}`."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Compile every letter in both languages, so that a broken or missing one stops the start."""
        self._env = ImmutableSandboxedEnvironment(
            loader=DictLoader(dict(texts)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._templates = {
            (language, name): self._env.get_template(f"{language}/{name}.j2")
            for language in (Language.RU, Language.EN)
            for name in TEMPLATES
        }

    def write(self, order: LetterOrder, inside: Inside, policy: FollowupPolicy) -> Letter:
        """The letter; raises `UnfilledSlot` naming what is missing."""
        language = order.language if order.language is Language.RU else Language.EN
        again = order.notice is NoticeKind.ACKNOWLEDGEMENT and order.round > 1
        template = self._templates[language, "reopening" if again else str(order.notice)]
        slots = {name: value for name, value in _slots(order, inside, policy, language).items() if value is not None}
        try:
            subject = "".join(template.blocks["subject"](template.new_context(slots)))
            text = template.render(slots)
        except UndefinedError as error:
            raise UnfilledSlot(f"{order.notice} in {language}: {error.message}") from error
        return Letter(" ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", language)


def _slots(order: LetterOrder, inside: Inside, policy: FollowupPolicy, language: Language) -> dict[str, Any]:
    """Every slot by name, in words of the language; None where there is nothing to say."""
    promised = order.answer_by if order.answer_by is not None and order.answer_by > order.at else None
    sum_ = (order.amount_minor, order.currency)
    return {
        "number": order.complaint_id,
        "name": name_in_greeting(inside.name),
        "brand": " ".join(order.brand.split()) if order.brand and order.brand.strip() else None,
        "signature": policy.signature.said_in(language),
        "channel": order.channel,
        "received": _maybe(order.received_at, day_in_words, language, policy),
        "answer_by": _maybe(promised, hour_in_words, language, policy),
        "within": within(order.at, promised, language) if promised is not None else None,
        "who": policy.who_is(order.tier, language) if order.tier else None,
        "reason": order.reason,
        "remedy": order.remedy,
        "apologise": order.apologise,
        "late": order.late,
        "answer": inside.answer.replace("\r\n", "\n").strip() or None if inside.answer else None,
        "expires": _maybe(order.expires_at, date_in_words, language, policy),
        "amount": money_in_words(sum_[0], sum_[1], language) if sum_[0] is not None and sum_[1] else None,
        "redeem": policy.offers.redeem.said_in(language),
        "track": inside.track,
        "survey": inside.survey,
        "code": inside.code,
    }


def _maybe(instant: int | None, say: Any, language: Language, policy: FollowupPolicy) -> str | None:
    return say(instant, language, policy) if instant is not None else None
