"""Who sent a submission, and over which channel."""

from shared.contracts.events import Submission
from shared.contracts.vocabulary import Channel
from shared.text.cleaning import clean

_LONGEST = 200


def channel_name(submission: Submission) -> str:
    """The channel as the sender named it."""
    return str(getattr(submission, "channel", "other"))


def channel_of(submission: Submission) -> Channel:
    """The channel, `other` where this version does not know it."""
    return Channel(channel_name(submission))


def source_of(submission: Submission, api_key_name: str | None = None, ce_source: str | None = None) -> str:
    """The sending system: as it says itself, else the API key's name, else `ce_source`, else the channel."""
    for name in (submission.source, api_key_name, ce_source):
        cleaned = clean(name).text.strip()[:_LONGEST] if name else ""
        if cleaned:
            return cleaned
    return channel_name(submission)
