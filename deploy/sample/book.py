"""The hand-written texts of the sample, read from the two YAML files beside this module."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from ruamel.yaml import YAML

from shared.contracts.vocabulary import Channel

Tongue = Literal["ru", "en"]
FILES: dict[Tongue, str] = {"ru": "russian.yaml", "en": "english.yaml"}


def _parted(value: object) -> object:
    return value.split(" / ") if isinstance(value, str) else value


Choices = Annotated[tuple[str, ...], BeforeValidator(_parted), Field(min_length=1)]
"""Alternatives of a slot: a YAML list, or one string parted by " / "."""
Line = Literal["retail", "card", "mobile", "travel", "food", "group"]
Kind = Literal["complaint", "followup", "thanks", "question", "advertising", "automatic"]


class Page(BaseModel):
    """A part of a book: frozen, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Body(Page):
    """One thing that somebody writes, with holes for the details."""

    id: str
    kind: Kind = "complaint"
    line: Line
    """The house of the brand group that it goes to."""
    on: tuple[Channel, ...]
    """The channels on which somebody would say this."""
    text: str
    slots: dict[str, Choices] = {}
    about: str = ""
    """What a second message calls the matter; empty where nobody writes twice about it."""
    subject: str = ""
    style: Literal["", "caps"] = ""
    speaker: Literal["", "male", "female"] = ""
    country: str = ""
    """The only country where somebody would put it like this; empty for anywhere."""
    stars: int | None = Field(None, ge=1, le=5)
    photo: bool = False
    anonymous: bool = False
    seldom: bool = False
    """True for what is heard half as often as the rest."""


class Names(Page):
    """What customers of one language are called, and where they live."""

    male: Choices
    female: Choices
    surnames: Choices
    countries: Choices


class Book(Page):
    """All texts of one language."""

    people: Names
    words: dict[str, Choices]
    bodies: tuple[Body, ...]


@cache
def book_of(tongue: Tongue) -> Book:
    """The book of a language, read once."""
    return Book.model_validate(read_yaml(FILES[tongue]))


def read_yaml(name: str) -> object:
    """The content of a YAML file of this package."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    content: object = YAML(typ="safe", pure=True).load(text)
    return content
