"""Wires followup; connects to nothing."""

from services.followup import policy
from services.followup.courier import Courier, Links
from services.followup.domain.letter import Letters
from services.followup.handlers import followup
from services.followup.http import followup_router
from services.followup.letters import letter_texts
from services.followup.store import StoredCares
from services.followup.transports import transport_of
from shared.platform.application import Built, Plan, Surroundings, built, store_of, vault_of

SENDER = "complaints@localhost.invalid"
"""Where no mail server is set and letters go into files."""


def build(around: Surroundings) -> Built:
    """Care and budgets in the store, their rules, the courier, and the doors of customers and shops."""
    store, loaded, vault = store_of(around, followup), policy.load(around), vault_of(around)
    secret = around.secrets.links
    links = Links(secret, lambda: around.public_url("intake"), lambda: around.public_url("followup"))
    courier = Courier(
        vault=vault,
        letters=Letters(letter_texts()),
        policy=loaded.policy,
        transport=transport_of(around.settings),
        links=links,
        clock=around.clock,
        sender=around.settings.smtp_sender or SENDER,
    )
    return built(
        around,
        Plan(
            service=followup,
            policy=loaded,
            store=store,
            vault=vault,
            routers=lambda runtime: [followup_router(StoredCares(store), runtime.doors, around.clock, secret)],
            performers={"mail": courier.deliver},
        ),
    )
