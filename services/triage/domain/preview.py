"""How a text would be judged, if it came in now."""

from services.triage.domain.facts import Facts
from services.triage.domain.judgement import Judgement, judgement_of
from services.triage.domain.policy_model import TriagePolicy
from shared.contracts.vocabulary import Channel


def preview(
    text: str,
    policy: TriagePolicy,
    *,
    channel: Channel = Channel.OTHER,
    subject: str = "",
    rating: int | None = None,
    is_public: bool = False,
    author_reach: int | None = None,
    continues: bool = False,
) -> Judgement:
    """The judgement that triage would make; nothing is kept or said."""
    facts = Facts(
        text=text,
        subject=subject,
        channel=channel,
        rating=rating,
        is_public=is_public,
        author_reach=author_reach,
        continues=continues,
    )
    return judgement_of(facts, policy)
