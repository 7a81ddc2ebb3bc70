"""Under which ids a submission is known: the same again gets the same ids again."""

from shared.contracts.identity import keyed_digest, time_ordered_id

TAIL = 16
"""Letters of an id after its instant."""


def source_key(secret: bytes, source: str, source_id: str) -> str:
    """The row that maps a sender's id to a complaint; an HMAC, since source ids can be phone numbers."""
    return keyed_digest(secret, "source", source, source_id)


def complaint_id_for(now: int, key: str) -> str:
    """The id of a complaint that is met now (UTC ms) for the first time, from its `source_key`."""
    return time_ordered_id("c", now, key)


def is_complaint_id(text: str) -> bool:
    """Whether a text looks like an id of ours."""
    return len(text) == 28 and text.startswith("c_") and text[2:].isalnum() and text.islower() and text.isascii()


def new_customer_id(secret: bytes, complaint_id: str, anchor: str = "") -> str:
    """The pseudonym of a customer whom we meet with this complaint, from their first contact digest if they have any.

    It sorts by the instant of that complaint, so that indexes by customer stay local as they grow. Who returns after an
    erasure does so with another complaint, and so is someone new.
    """
    return f"u{complaint_id[1:-TAIL]}{keyed_digest(secret, 'customer', complaint_id, anchor)[:TAIL]}"
