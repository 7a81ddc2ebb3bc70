"""What is kept before the complaint arrives? A case that only remembers: nothing runs, nothing is said."""

from services.escalation.domain.case import Case
from shared.contracts.fields import Addressee


def stub(complaint_id: str, customer_id: str) -> Case:
    """The case of a complaint that another topic was faster to speak of."""
    return Case(complaint_id=complaint_id, customer_id=customer_id, addressee=Addressee(customer_id=customer_id))
