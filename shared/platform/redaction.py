"""What may stand in a log line: names from an allow-list, plain values, and of an exception its type and place."""

import contextlib
import re
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

_WORDS = (
    "action actor agg aggregate arrival at attempt attempts batch bytes case_id causation_id cause channel clock collection "
    "complaint_id correlation_id count created customer_id deadline delay_ms doubles due effect effect_kind environment epoch "
    "error errors event event_id event_type failed gap group hash host in_flight incident_id instant kafka kept "
    "key_name kind lag language left level limit logger loop lost method ms next_offset now number offset outcome "
    "parked partition partitions pending pid policy policy_hash port priority problems processed published reason "
    "records registered rejected remedy removed replica request_id retry_ms round route rule rules run_id scope "
    "scopes seconds sent service setting severity sha256 shard signal since size skipped source_kind state status "
    "step steps store table tier timestamp topic topics total trace traceparent trouble type unaccounted until "
    "urgency variable ver version waited_ms waiting "
)
ALLOWED = frozenset(_WORDS.split())
"""Field names that hold ids, numbers and words of ours; anything else that is logged is dropped, and named in `dropped`."""

LONGEST = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{0,39}", re.ASCII)
_PLAIN = re.compile(r"[\w.:/\[\]{}=,-]{1,120}", re.ASCII)
_PERSONAL = re.compile(r"\w+://[^\s/]*@|[^\s@]+@[^\s@]+|\+?\d[\d ()-]{7,}\d|[^\x00-\x7f]+")


def escaped(text: str) -> str:
    """One line without control characters, terminal sequences or marks that change the reading direction."""
    line = _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"


def plain(value: Any) -> Any:
    """A value fit for a log line: a scalar or a short list of them; of anything else only its type's name."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return escaped(str(value))
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) if isinstance(item, str | int | float) else type(item).__name__ for item in list(value)[:50]]
    return type(value).__name__


def redacted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The allowed fields with plain values, and the names of those that were left out."""
    kept = {name: plain(value) for name, value in fields.items() if name in ALLOWED}
    dropped = sorted(name if _IDENTIFIER.fullmatch(name) else "?" for name in fields.keys() - ALLOWED)
    return kept | {"dropped": dropped} if dropped else kept


def foreign(message: object, args: object, error: BaseException | None = None) -> str:
    """A third party's message: numbers and identifiers are filled in, other values give way to their types.

    What is already inside the text and looks personal (addresses, long numbers, letters beyond ASCII) becomes `…`.
    """
    text = str(message)
    if args:
        given = args if isinstance(args, Mapping) else tuple(args) if isinstance(args, tuple) else (args,)
        safe = {k: _safe(v) for k, v in given.items()} if isinstance(given, Mapping) else tuple(_safe(v) for v in given)
        with contextlib.suppress(TypeError, ValueError, KeyError):  # a format of its own: the template alone is worth having
            text = text % safe
    if error is not None and str(error):
        for told in (repr(error), str(error)):
            text = text.replace(told, type(error).__name__)
    return escaped(_PERSONAL.sub("…", text))


def _safe(value: object) -> object:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else "…"
    return type(value).__name__


def explained(error: BaseException) -> dict[str, Any]:
    """The type, place and, where it is a word of ours, the reason of an exception; never its message, which may quote input."""
    told: dict[str, Any] = {"error": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")}
    if isinstance(error, OSError) and error.errno is not None:
        told["number"] = error.errno
    reason = getattr(error, "reason", None)
    if isinstance(reason, str) and _IDENTIFIER.fullmatch(reason):
        told["reason"] = reason
    told["trace"] = _places(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["cause"] = type(cause).__qualname__
        told["trace"] = _places(cause.__traceback__) + told["trace"]
    return told


def _places(trace: TracebackType | None) -> list[str]:
    """The innermost frames, outermost first, without the machine's own directories."""
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path: str) -> str:
    parts = path.replace("\\", "/").split("/")
    roots = {"site-packages", "shared", "services", "deploy", "tests"}
    start = next((i for i in range(len(parts) - 1, -1, -1) if parts[i] in roots), len(parts) - 2)
    return "/".join(parts[max(start, 0) :]).removeprefix("site-packages/")
