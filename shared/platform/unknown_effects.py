"""A person says what became of an effect that nobody can tell, or that failed."""

from typing import Any

from shared.platform.clock import machine_ms
from shared.platform.effect_record import EffectRecord
from shared.platform.store import Store, StoreDown


async def resolve_unknown(store: Store, key: str, decision: str, by: str) -> EffectRecord:
    """A person says what became of an unknown or failed effect: `mark-sent` or `retry`.

    Raises `KeyError` for an unknown key and `ValueError` when its state does not allow it.
    """
    found = await store.load_many(EffectRecord, [key])
    if key not in found:
        raise KeyError(key)
    document = found[key]
    record = document.state
    if not isinstance(record, EffectRecord):
        raise TypeError(f"{key} is not an effect")
    if record.state not in ("unknown", "failed"):
        raise ValueError(f"the effect is {record.state}: only unknown and failed ones need a person")
    if decision == "mark-sent":
        update: dict[str, Any] = {"state": "sent", "told": 0, "reason": f"marked by {by}"}
    else:
        update = {
            "state": "planned",
            "told": 0,
            "attempts": record.attempts,
            "retry_at": machine_ms(),
            "reason": f"retried by {by}",
        }
    document.state = record.model_copy(update=update)
    if await store.save([document]):
        raise StoreDown("somebody else changed it: look again")
    return record
