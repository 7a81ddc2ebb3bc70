"""Whether a schema may replace the one that was published: within a major version, fields are added and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.contracts.json_schema import inlined

Schema = dict[str, Any]
LOWER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
"""Limits that must not sink."""
HIGHER = ("minLength", "minimum", "exclusiveMinimum", "minItems")
"""Limits that must not rise."""


def breaks(old: Schema, new: Schema, *, only_we_read: bool = False) -> list[str]:
    """What `new` takes from those who rely on `old`: senders of recorded events, and readers of what we say.

    `only_we_read`: nobody else reads these events, so a field may take more kinds of values than before.
    """
    return list(dict.fromkeys(_Comparison(only_we_read).compare(inlined(old), inlined(new), "")))


@dataclass(frozen=True)
class _Comparison:
    only_we_read: bool

    def compare(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = _alternatives(old), _alternatives(new)
        for kind in before.keys() - after.keys():
            yield f"{_place(at)}: may not be {kind} any more"
        if not self.only_we_read:
            for kind in after.keys() - before.keys():
                yield f"{_place(at)}: may be {kind} now, which its readers do not expect"
        for kind in before.keys() & after.keys():
            yield from _limits(before[kind], after[kind], _place(at))
            yield from self._fields(before[kind], after[kind], at)
            yield from self.compare(before[kind].get("items", {}), after[kind].get("items", {}), f"{at}[]")
        if "default" in old and "default" in new and old["default"] != new["default"]:
            yield f"{_place(at)}: where it is absent it means something else now"

    def _fields(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            path = f"{at}.{name}" if at else name
            if name in after:
                yield from self.compare(schema, after[name], path)
            else:
                yield f"{path}: is gone"
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                yield f"{f'{at}.{name}' if at else name}: is required now; earlier events lack it"


def _place(at: str) -> str:
    return at or "(body)"


def _limits(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for name in LOWER:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{where}: {name} is tighter than it was"
    for name in HIGHER:
        if name in new and new[name] > old.get(name, float("-inf")):
            yield f"{where}: {name} is tighter than it was"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{where}: has another pattern"
    for word in _words(old):
        if word not in _words(new):
            yield f"{where}: {word} is no word of it any more"
    if _words(new) and not _words(old):
        yield f"{where}: takes only certain words now"


def _words(schema: Schema) -> list[Any]:
    """The words of a vocabulary, open or closed, or the one value of a constant."""
    inside = [word for option in schema.get("anyOf", ()) for word in option.get("enum", ())]
    return [*schema.get("enum", ()), *inside, *([schema["const"]] if "const" in schema else [])]


def _alternatives(schema: Schema) -> dict[str, Schema]:
    """What a value may be, by JSON type; objects by title where there are several."""
    if "type" in schema or not schema:
        return {str(schema["type"]): schema} if schema else {}
    options = [option for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) if isinstance(option, dict)]
    objects = [option for option in options if option.get("type") == "object"]
    found: dict[str, Schema] = {}
    for option in options:
        if option in objects and len(objects) > 1:
            found[str(option.get("title"))] = option
        else:
            found |= _alternatives(option)
    return found or {"anything": schema}
