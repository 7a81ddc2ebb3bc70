"""The tracking link that every customer gets: intake opens it, followup writes it into letters."""

import hmac

from shared.contracts.identity import keyed_digest

LONGEST = 160


def tracking_token(secret: bytes, complaint_id: str) -> str:
    """The unguessable last part of a tracking link: `<complaint id>.<128 bits of HMAC>`, the same whenever it is made."""
    return f"{complaint_id}.{keyed_digest(secret, 'track', complaint_id)}"


def read_tracking_token(secret: bytes, token: str) -> str | None:
    """The complaint id of a genuine token, else None; takes the same time either way."""
    complaint_id = token.rpartition(".")[0] if len(token) <= LONGEST else ""
    genuine = tracking_token(secret, complaint_id)
    return complaint_id if hmac.compare_digest(genuine.encode(), token.encode(errors="replace")) and complaint_id else None
