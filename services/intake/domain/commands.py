"""What a person or a program may tell intake to do."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import CustomerId


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AdmitRejected(_Order):
    """Take a rejected submission as a complaint after all."""


class EraseCustomer(_Order):
    """Forget a customer for ever."""

    customer_id: CustomerId
