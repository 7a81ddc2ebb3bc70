"""What the customers of the stories write."""

from itertools import count
from typing import Any

_serial = count(1)

LEAK = "Чайник течёт с первого дня. Прошу вернуть деньги."
RUDE = "Курьер нахамил, опоздал на три дня и разбил вазу. Требую замену немедленно!"
LATE = "My parcel is two weeks late and your support hung up on me. I need it by Friday, this is unacceptable."


def a_complaint(text: str = LEAK, **said: Any) -> dict[str, Any]:
    """A complaint of a customer of its own, with an address of its own."""
    serial = next(_serial)
    payload = {
        "channel": "web",
        "source": "shop",
        "source_id": f"shop-{serial}",
        "text": text,
        "customer": {"email": f"customer{serial}@example.com", "name": "Анна Носова"},
    }
    return {name: value for name, value in (payload | said).items() if value is not ...}
