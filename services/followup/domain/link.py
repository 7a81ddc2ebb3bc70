"""Which link opens a customer's survey, and whether a token that came back is genuine."""

import hmac
from dataclasses import dataclass

from shared.contracts.identity import keyed_digest

LONGEST = 160


@dataclass(frozen=True, slots=True)
class SurveyLink:
    """What a genuine token names."""

    complaint_id: str
    round: int


def survey_token(secret: bytes, complaint_id: str, round_: int) -> str:
    """The last part of a survey's address: `<complaint id>.<round>.<128 bits of HMAC>`, the same whenever it is made."""
    return f"{complaint_id}.{round_}.{keyed_digest(secret, 'survey', complaint_id, round_)}"


def read_survey_token(secret: bytes, token: str) -> SurveyLink | None:
    """What the token names, or None where it is not ours; single use is a state of the survey, not of the token."""
    parts = token.rsplit(".", 2) if len(token) <= LONGEST else []
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 6):
        return None
    link = SurveyLink(parts[0], int(parts[1]))
    genuine = survey_token(secret, link.complaint_id, link.round)
    return link if hmac.compare_digest(genuine.encode(), token.encode(errors="replace")) else None
