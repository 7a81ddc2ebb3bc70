"""What `publish --map` and `--set` may name: the fields of the contract, and the columns or keys that the file has."""

import difflib
from collections.abc import Collection, Iterable

from pydantic import BaseModel

from deploy.cli.troubles import USAGE, Trouble
from deploy.cli.words import say
from shared.contracts.events import Submission
from shared.contracts.events.submitted import VARIANTS, GivenCustomer

SHOWN_NAMES = 12


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


FIELDS: tuple[str, ...] = tuple(
    dict.fromkeys(
        [
            "channel",
            *_names(Submission),
            *(f"customer.{name}" for name in _names(GivenCustomer)),
            *(name for variant in VARIANTS.values() for name in _names(variant)),
        ]
    )
)
"""Every field of a complaint over any channel; `customer.email` is a field of a field."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that was probably meant: by its letters, or as the last part of a dotted one (`email`)."""
    known = {each.casefold(): each for each in reversed(list(names))}
    inner = [each for folded, each in known.items() if folded.rpartition(".")[2] == name.casefold()]
    close = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    return inner[0] if inner else known[close[0]] if close else None


def check_targets(names: Iterable[str]) -> None:
    """A `Trouble` for the first name that no complaint has: its value would be thrown away without a word."""
    for name in names:
        if name not in FIELDS:
            raise _unknown("trouble.no_field", name, FIELDS)


def check_columns(wanted: Iterable[str], there: Collection[str]) -> None:
    """A `Trouble` for the first column that no row of the file has."""
    for name in wanted:
        if name not in there:
            raise _unknown("trouble.no_column", name, there)


def _unknown(key: str, name: str, names: Collection[str]) -> Trouble:
    meant = nearest(name, names)
    listed = ", ".join(list(names)[:SHOWN_NAMES]) + (", …" if len(names) > SHOWN_NAMES else "")
    remedy = say("remedy.did_you_mean", name=meant) if meant else say("remedy.one_of", names=listed)
    return Trouble(say(key, name=name), remedy, USAGE)
