"""What `redress losses` prints with `--json`."""

from pydantic import Field

from deploy.cli.shapes import Shape


class LossRow(Shape):
    """Records that one partition lost before a service read them."""

    service: str
    loss: str
    topic: str
    partition: int
    records: int
    open: int = Field(description="Of those: nobody has answered for them yet.")
    written_off_by: str
    written_off_at: int | None
    written_off_for: str = Field(description="resent, gone, restored or other.")


class LossList(Shape):
    """`redress losses list`."""

    losses: list[LossRow]
    unreachable: list[str]


class WrittenOff(Shape):
    """`redress losses write-off`."""

    written_off: list[LossRow]
