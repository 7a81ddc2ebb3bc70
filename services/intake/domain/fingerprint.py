"""Whether two submissions say the same."""

import json

from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.events import Submission
from shared.contracts.identity import keyed_digest

_TRANSPORT = {"source", "received_at"}
"""An honest retry may carry another instant, or come through another key."""


def fingerprint_of(secret: bytes, submission: Submission) -> str:
    """An HMAC over the canonical JSON of the business fields; defaults do not count, so a field added later changes nothing."""
    fields = submission.model_dump(mode="json", exclude=_TRANSPORT, exclude_defaults=True)
    body = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return keyed_digest(secret, "fingerprint", body)


def ensure_same(kept: str, again: str) -> None:
    """Nothing when the fingerprints agree; `Unprocessable` when a source id was used for another text."""
    if kept != again:
        remedy = "send a new source_id with each new message; to repeat a message, send the same fields again"
        raise Unprocessable("source_id_reused", [Problem("source_id", "was used before for another text", remedy)])
