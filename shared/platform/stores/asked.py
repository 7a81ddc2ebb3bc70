"""What a search asks for, checked and made plain once, so that every store answers it alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.kept import Kept
from shared.platform.document import Between
from shared.platform.stores.codec import INT64


@dataclass(frozen=True, slots=True)
class Condition:
    """One field and what it must be: one of `among` (None in it: null), or within `[low, high)` where `among` is None."""

    field: str
    among: tuple[str | int | None, ...] | None = None
    low: int | None = None
    high: int | None = None


def conditions(keeps: type[Kept], where: Mapping[str, object]) -> list[Condition]:
    """The conditions of a search; `ValueError` names a field that is not indexed."""
    made = []
    for name, wanted in where.items():
        field = known(keeps, name)
        if isinstance(wanted, Between):
            made += _range(field, wanted)
        else:
            made.append(Condition(field, among=_among(wanted if isinstance(wanted, tuple) else (wanted,))))
    return made


def _range(field: str, wanted: Between) -> list[Condition]:
    """Bounds beyond 64 bits are either no bounds or out of everybody's reach."""
    low, high = wanted.low, wanted.high
    if (low is not None and low >= INT64) or (high is not None and high <= -INT64):
        return [Condition(field, among=())]
    low = None if low is None or low < -INT64 else low
    high = None if high is None or high >= INT64 else high
    return [] if low is high is None else [Condition(field, low=low, high=high)]


def _among(wanted: tuple[object, ...]) -> tuple[str | int | None, ...]:
    plain: list[str | int | None] = []
    for value in wanted:
        if value is None or isinstance(value, str):
            plain.append(value if value is None else str(value))
        elif isinstance(value, int) and -INT64 <= value < INT64:
            plain.append(int(value))
    return tuple(plain)


def order(keeps: type[Kept], sort: str) -> tuple[str, bool]:
    """The field to sort by (empty: the id) and whether it descends; ties go by id in the same direction."""
    field = sort.removeprefix("-")
    return (known(keeps, field) if field else ""), sort.startswith("-")


def known(keeps: type[Kept], field: str) -> str:
    """The field, if documents can be searched by it."""
    if field not in keeps.indexed:
        raise ValueError(
            f"{keeps.collection} cannot be searched by {field!r}; it has {', '.join(keeps.indexed) or 'no such field'}"
        )
    return field
