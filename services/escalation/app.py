"""Wires escalation; connects to nothing."""

from services.escalation import policy
from services.escalation.handlers import escalation
from services.escalation.http import escalation_router
from services.escalation.store import StoredCases
from shared.platform.application import Built, Plan, Surroundings, built, store_of, vault_of


def build(around: Surroundings) -> Built:
    """Cases in the store, their rules, and the desk's REST API."""
    store, vault, loaded = store_of(around, escalation), vault_of(around), policy.load(around)
    return built(
        around,
        Plan(
            service=escalation,
            policy=loaded,
            store=store,
            vault=vault,
            routers=lambda runtime: [escalation_router(StoredCases(store), runtime.doors, vault, loaded.policy.tiers)],
        ),
    )
