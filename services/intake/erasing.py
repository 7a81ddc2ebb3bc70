"""Forgets customers: the stub first, then the key, then every word; and again at each start."""

from collections.abc import Sequence

from services.intake.vault import LocalVault
from shared.contracts.errors import TryAgain
from shared.contracts.kept import Kept
from shared.platform.clock import machine_ms
from shared.platform.effect_record import EffectRecord
from shared.platform.erasure import forget_customer, reapply_erasures
from shared.platform.processor.effects import Done, NotYet
from shared.platform.runtime import Runtime
from shared.platform.store import Store, StoreDown


class Eraser:
    """The performer of `forget` effects, and what is done at every start."""

    def __init__(self, store: Store, vault: LocalVault, kinds: Sequence[type[Kept]]) -> None:
        """`kinds`: all that intake stores."""
        self.store = store
        self.vault = vault
        self.kinds = kinds

    async def perform(self, key: str, record: EffectRecord) -> Done:
        """Destroy the key and blank what intake holds; doing it twice does no harm, so it is tried until it is done."""
        try:
            await self.forget(str(record.body["customer_id"]), int(record.body["erased_at"]))
        except (StoreDown, TryAgain) as error:
            raise NotYet from error
        return Done()

    async def forget(self, customer_id: str, at: int) -> None:
        """See the module."""
        await forget_customer(self.store, [], customer_id, at, machine_ms())
        await self.vault.destroy(customer_id)
        await forget_customer(self.store, self.kinds, customer_id, at, machine_ms())

    async def check(self, runtime: Runtime) -> None:
        """Refuse to start without a master key that stored keys need."""
        await self.vault.check()

    async def reapply(self, runtime: Runtime) -> None:
        """Erase again everybody who was erased: a restored backup must not bring a person back."""
        await reapply_erasures(self.store, self.kinds, machine_ms(), also=self.vault.destroy)
