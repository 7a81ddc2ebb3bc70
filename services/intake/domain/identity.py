"""Under which ids a submission is known: the same again gets the same ids again."""

from shared.contracts.identity import keyed_digest, time_ordered_id


def source_key(secret: bytes, source: str, source_id: str) -> str:
    """The row that maps a sender's id to a complaint; an HMAC, since source ids can be phone numbers."""
    return keyed_digest(secret, "source", source, source_id)


def complaint_id_for(now: int, key: str) -> str:
    """The id of a complaint that is met now (UTC ms) for the first time, from its `source_key`."""
    return time_ordered_id("c", now, key)


def is_complaint_id(text: str) -> bool:
    """Whether a text looks like an id of ours."""
    return len(text) == 28 and text.startswith("c_") and text[2:].isalnum() and text.islower() and text.isascii()


def new_customer_id(secret: bytes, anchor: str, erased_at: int = 0) -> str:
    """The pseudonym of a customer from the first contact digest, or from the complaint's id when nobody is named.

    `erased_at` is the instant (UTC ms) at which an earlier customer of the same contact was erased: who returns is someone new.
    """
    return f"u_{keyed_digest(secret, 'customer', anchor, erased_at)}"
