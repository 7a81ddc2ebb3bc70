"""Wires triage; connects to nothing."""

from services.triage import policy
from services.triage.handlers import triage
from services.triage.http import triage_router
from services.triage.store import StoredAssessments
from shared.platform.application import Built, Plan, Surroundings, built, store_of, vault_of


def build(around: Surroundings) -> Built:
    """Judgements in the store, their rules, and the doors that explain them."""
    store, loaded = store_of(around, triage), policy.load(around)
    return built(
        around,
        Plan(
            service=triage,
            policy=loaded,
            store=store,
            vault=vault_of(around),
            routers=lambda runtime: [triage_router(StoredAssessments(store), loaded.policy, loaded.hash)],
        ),
    )
