"""Whether a submission is a complaint; in doubt it is."""

from services.intake.domain.policy_model import IntakePolicy
from services.intake.domain.words import folded, letters_in, words_of
from shared.contracts.events import Submission
from shared.contracts.vocabulary import RejectionReason


def rejection_of(submission: Submission, subject: str, text: str, policy: IntakePolicy) -> RejectionReason | None:
    """Why it is not taken, or None; a rejected one is kept and can be admitted."""
    if _is_automatic(submission, subject, policy):
        return RejectionReason.AUTOMATIC_REPLY
    if _is_unhappy_review(submission, policy):
        return None
    if not letters_in(text, policy.min_letters) and not letters_in(subject, policy.min_letters):
        return None if submission.attachments else RejectionReason.NO_WORDS
    whole = folded(f"{subject}\n{text}")
    if _is_pleasantry(whole, policy) and not submission.attachments:
        return RejectionReason.NOT_A_COMPLAINT
    return RejectionReason.ADVERTISING if _is_advertising(whole, policy) else None


def is_abusive(text: str, policy: IntakePolicy) -> bool:
    """Whether the one who reads it should be warned."""
    abusive = tuple(policy.abusive_words)
    return any(word.startswith(abusive) for word in words_of(folded(text))) if abusive else False


def _is_automatic(submission: Submission, subject: str, policy: IntakePolicy) -> bool:
    if getattr(submission, "channel", "") != "email":
        return False
    return bool(getattr(submission, "automatic", False)) or folded(subject).strip().startswith(tuple(policy.automatic_subjects))


def _is_unhappy_review(submission: Submission, policy: IntakePolicy) -> bool:
    rating = getattr(submission, "rating", None)
    return isinstance(rating, int) and rating <= policy.unhappy_rating


def _is_pleasantry(whole: str, policy: IntakePolicy) -> bool:
    """Only when every single word is polite: "thanks for the ruined birthday" is a complaint."""
    if len(whole) > policy.pleasantries.longest or "?" in whole:
        return False
    return frozenset(policy.pleasantries.words).issuperset(words_of(whole))


def _is_advertising(whole: str, policy: IntakePolicy) -> bool:
    advertising = policy.advertising
    hits = sum(phrase in whole for phrase in advertising.phrases)
    return hits >= advertising.hits and whole not in policy.complaint_words and not _complains(whole, policy)


def _complains(whole: str, policy: IntakePolicy) -> bool:
    return any(word.startswith(tuple(policy.complaint_words)) for word in words_of(whole))
