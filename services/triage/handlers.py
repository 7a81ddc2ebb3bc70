"""Triage hears registered complaints and says how bad each one is, how soon it matters, and why."""

from services.triage.domain.assessment import Assessment, assess, events_of
from services.triage.domain.policy_model import TriagePolicy
from shared.contracts.events import AlertRaised, ComplaintRegistered, ComplaintTriaged
from shared.platform.decision import NOTHING, Decision, Given
from shared.platform.service import Service

triage = Service("triage", keeps=(Assessment,), says=(ComplaintTriaged, AlertRaised))


@triage.hears(ComplaintRegistered, keeps=Assessment)
def triage_complaint(complaint: ComplaintRegistered, kept: Assessment | None, given: Given[TriagePolicy]) -> Decision[Assessment]:
    """Judge a complaint once, keep the judgement, announce it."""
    if kept is not None:
        return NOTHING
    heard = complaint.forgotten() if given.erased else complaint
    assessment = assess(heard, given.policy, given.policy_hash, given.now)
    judgement = assessment.judgement
    why = f"{judgement.priority}: severity {judgement.severity}, urgency {judgement.urgency}, {judgement.category}"
    return Decision(keep=assessment, say=events_of(assessment), why=why)
