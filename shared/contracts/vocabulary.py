"""The words that all services use; every enum knows `other`, so a newer word never breaks an older reader."""

from enum import StrEnum
from typing import Any, Self

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


class Word(StrEnum):
    """A closed vocabulary that reads an unknown value as `other` instead of failing."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return cls.__members__.get("OTHER")


def known(vocabulary: type[Word]) -> BeforeValidator:
    """A check of a word, or of a list of them, where an unknown one is a slip: in what people ask for, and in policies."""
    names = ", ".join(vocabulary)

    def check(given: Any) -> Any:
        for word in given if isinstance(given, list | tuple) else () if given is None else (given,):
            if word not in list(vocabulary):
                raise PydanticCustomError("unknown_word", "Input should be one of: {known}", {"known": names})
        return given

    return BeforeValidator(check)


class Channel(Word):
    """How a complaint reached us."""

    WEB = "web"
    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    SOCIAL = "social"
    REVIEW = "review"
    IN_PERSON = "in_person"
    OTHER = "other"


class Language(Word):
    """ISO 639-1 code of the language the customer wrote in; letters go out in `en` where it is `other`."""

    RU = "ru"
    EN = "en"
    OTHER = "other"


class ContactKind(Word):
    """How a customer can be reached."""

    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    SOCIAL = "social"
    OTHER = "other"


class Priority(Word):
    """From P1 (act now) to P4 (in its turn), read off the severity x urgency matrix."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    OTHER = "other"


class Category(Word):
    """What a complaint is about."""

    DELIVERY = "delivery"
    PRODUCT = "product"
    SERVICE = "service"
    BILLING = "billing"
    REFUND = "refund"
    ACCOUNT = "account"
    FRAUD = "fraud"
    SAFETY = "safety"
    PRIVACY = "privacy"
    COMMUNICATION = "communication"
    OTHER = "other"


class AlertKind(Word):
    """Why somebody must hear of a complaint now."""

    INJURY = "injury"
    LEGAL = "legal"
    PRESS = "press"
    FRAUD = "fraud"
    OTHER = "other"


class CaseState(Word):
    """Where a case stands."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"
    OTHER = "other"


class ClockKind(Word):
    """Which promise a clock keeps."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    OTHER = "other"


class EscalationReason(Word):
    """Why a case moved up the ladder."""

    DEADLINE_MISSED = "deadline_missed"
    TRIAGE = "triage"
    REQUESTED = "requested"
    REOPENED = "reopened"
    OTHER = "other"


class Remedy(Word):
    """What was done for the customer."""

    APOLOGY = "apology"
    EXPLANATION = "explanation"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    DISCOUNT = "discount"
    CORRECTION = "correction"
    NONE = "none"
    OTHER = "other"


class NoticeKind(Word):
    """What a letter to the customer is for."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ESCALATION = "escalation"
    RESOLUTION = "resolution"
    SURVEY = "survey"
    OFFER = "offer"
    OTHER = "other"


class NoticeFailure(Word):
    """Why a notice did not reach the customer."""

    NO_ROUTE = "no_route"
    REFUSED = "refused"
    GAVE_UP = "gave_up"
    UNKNOWN = "unknown"
    ERASED = "erased"
    OTHER = "other"


class RejectionReason(Word):
    """Why a submission was understood but not taken as a complaint."""

    NO_WORDS = "no_words"
    AUTOMATIC_REPLY = "automatic_reply"
    NOT_A_COMPLAINT = "not_a_complaint"
    ADVERTISING = "advertising"
    CUSTOMER_ERASED = "customer_erased"
    OTHER = "other"


class Flag(Word):
    """What was mended or noticed on the way in."""

    RECEIVED_IN_FUTURE = "received_in_future"
    RECEIVED_TOO_OLD = "received_too_old"
    TIME_ZONE_ASSUMED = "time_zone_assumed"
    CONTROL_CHARACTERS_REMOVED = "control_characters_removed"
    BIDI_MARKS_REMOVED = "bidi_marks_removed"
    TRUNCATED = "truncated"
    UNKNOWN_CHANNEL = "unknown_channel"
    CONTACT_UNREADABLE = "contact_unreadable"
    ABUSIVE = "abusive"
    ADMITTED = "admitted"
    OTHER = "other"
