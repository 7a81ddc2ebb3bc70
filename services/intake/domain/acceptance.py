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
    return _has_word(folded(text), policy.abusive_words.both)


def _is_automatic(submission: Submission, subject: str, policy: IntakePolicy) -> bool:
    if getattr(submission, "channel", "") != "email":
        return False
    return bool(getattr(submission, "automatic", False)) or folded(subject).strip().startswith(policy.automatic_subjects.both)


def _is_unhappy_review(submission: Submission, policy: IntakePolicy) -> bool:
    rating = getattr(submission, "rating", None)
    return isinstance(rating, int) and rating <= policy.unhappy_rating


def _is_pleasantry(whole: str, policy: IntakePolicy) -> bool:
    """Only when every single word is polite: "thanks for the ruined birthday" is a complaint."""
    if len(whole) > policy.pleasantries.longest or "?" in whole or any(letter.isdigit() for letter in whole):
        return False
    return frozenset(policy.pleasantries.words.both).issuperset(words_of(whole))


def _is_advertising(whole: str, policy: IntakePolicy) -> bool:
    advertising = policy.advertising
    hits = sum(phrase in whole for phrase in advertising.phrases.both)
    return hits >= advertising.hits and not _has_word(whole, policy.complaint_words.both)


def _has_word(whole: str, beginnings: tuple[str, ...]) -> bool:
    """Whether a word starts so; asking for the substring first is ten times as fast as looking at each word."""
    found = tuple(beginning for beginning in beginnings if beginning in whole)
    return bool(found) and any(word.startswith(found) for word in words_of(whole))
