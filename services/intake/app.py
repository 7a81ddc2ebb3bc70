"""Wires intake, the one door to personal data; connects to nothing."""

from services.intake import policy
from services.intake.arrivals import measure_unaccounted
from services.intake.erasing import Eraser
from services.intake.handlers import intake
from services.intake.http import Surface, intake_router
from services.intake.operators import operators_router
from services.intake.rewrapping import Rewrapping
from services.intake.store import ContactRow, Preparation, Source, StoredComplaints
from services.intake.upstream import read_submission
from services.intake.vault import CustomerKey, LocalVault, Opening
from services.intake.vault_http import rewrapping_router, vault_router
from shared.platform.application import Built, Plan, Surroundings, built, store_of
from shared.platform.http.keys import needs
from shared.platform.retention import Term
from shared.platform.runtime import kinds_of


def build(around: Surroundings) -> Built:
    """Complaints, customers, contacts and keys in the store; the doors of upstream systems, customers and operators."""
    own = (Source, ContactRow, CustomerKey, Opening)
    store, loaded = store_of(around, intake, *own), policy.load(around)
    secrets = around.secrets
    vault = LocalVault(store, secrets.masters, around.clock.now)
    preparation = Preparation(store, around.clock, secrets.identity, loaded.policy)
    eraser = Eraser(store, vault, kinds_of(intake, *own))
    complaints = StoredComplaints(store, secrets.identity)

    def routers(runtime):  # type: ignore[no-untyped-def]
        surface = Surface(complaints, runtime.doors, loaded.policy, secrets.links, lambda: around.public_url("intake"))
        doors = [intake_router(surface), operators_router(surface, runtime, vault)]
        return [*doors, vault_router(vault, needs), rewrapping_router(Rewrapping(store, secrets.masters), needs)]

    return built(
        around,
        Plan(
            service=intake,
            policy=loaded,
            store=store,
            vault=vault,
            routers=routers,
            prepare=preparation.prepare,
            upstream=read_submission,
            performers={"forget": eraser.perform},
            on_open=(eraser.check, eraser.reapply),
            looks=(measure_unaccounted,),
            terms=(Term(Opening, "at", around.settings.keep_openings_days, around.clock.now),),
            max_body_bytes=around.settings.max_body_bytes,
        ),
    )
