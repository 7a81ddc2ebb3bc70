"""The sample that the demo plays: invented complaints to an invented brand group, in Russian and English."""

from typing import Any

from deploy.sample.stream import stream_of


def complaints(count: int = 320, seed: int = 7) -> list[dict[str, Any]]:
    """What upstream systems send, in sending order: each validates as `ComplaintSubmitted`; the same seed gives the same list."""
    return stream_of(count, seed)


__all__ = ["complaints"]
