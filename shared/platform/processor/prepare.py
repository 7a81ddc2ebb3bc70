"""What must be found or minted before anything is loaded, such as ids; an orphan that a crash leaves does no harm."""

from collections.abc import Sequence

from shared.contracts.errors import TryAgain
from shared.platform.processor.item import Item, Outcome, Outcomes
from shared.platform.processor.load import Facts
from shared.platform.steps import step
from shared.platform.store import StoreDown


async def prepare(find: Facts | None, items: Sequence[Item]) -> Outcomes:
    """Let a service find what its items need; where that fails, one by one, so that one does not fail its neighbours.

    Returns the items that failed, by position. Raises `StoreDown` or `TryAgain`.
    """
    if not find or not items:
        return {}
    step("before prepare")
    try:
        await find(items)
    except (StoreDown, TryAgain):
        raise
    except Exception:  # which of them it was shows one by one
        return await _one_by_one(find, items)
    return {}


async def _one_by_one(find: Facts, items: Sequence[Item]) -> Outcomes:
    failed: Outcomes = {}
    for position, item in enumerate(items):
        try:
            await find([item])
        except (StoreDown, TryAgain):
            raise
        except Exception as error:  # parked alone, or answered to its own caller
            failed[position] = Outcome("failed", error)
    return failed
