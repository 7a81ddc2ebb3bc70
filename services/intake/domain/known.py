"""What is looked up about a submission before it is decided on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that belong to a submission, and the door it came through."""

    complaint_id: str
    customer_id: str
    fingerprint: str
    source: str
    door: str
    """`topic`, `http` or `file`."""
    is_new_customer: bool = False
    erased: bool = False
    """True when its customer was erased and it was said before that: a replay must not bring the person back."""
    lenient_time: bool = False
    """True where an instant without offset is read as UTC; else it is refused."""
