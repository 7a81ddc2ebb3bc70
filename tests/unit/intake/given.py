"""Submissions, facts and the real policy, as the tests of intake need them."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from services.intake.domain.known import Known
from services.intake.domain.policy_model import IntakePolicy
from shared.contracts.events import ComplaintSubmitted, Submission
from shared.platform.decision import Given

NOW = 1_790_000_000_000
SECRET = b"a secret of the tests, 32 bytes.."
DAY = 86_400_000
POLICY = IntakePolicy.model_validate(
    YAML(typ="safe").load((Path(__file__).parents[3] / "deploy/policies/intake.yaml").read_text(encoding="utf-8"))
)
_UNION: TypeAdapter[Submission] = TypeAdapter(ComplaintSubmitted)


def a_submission(**said: Any) -> Submission:
    """A short web complaint."""
    values: dict[str, Any] = {"channel": "web", "source_id": "shop-4711", "text": "Чайник течёт, верните деньги."}
    return _UNION.validate_python(values | said)


def known(**said: Any) -> Known:
    """What prepare found about it."""
    values: dict[str, Any] = {
        "complaint_id": "c_01abc",
        "customer_id": "u_1",
        "fingerprint": "f1",
        "source": "shop",
        "door": "http",
    }
    return Known(**values | said)


def given(facts: Any = None, now: int = NOW, **said: Any) -> Given[IntakePolicy]:
    """What a handler is given."""
    return Given(now=now, policy=POLICY, policy_hash="p1", cause="e1", by="anna", facts=facts, **said)
