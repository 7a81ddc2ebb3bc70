"""Every file of rules has a test: one that imports it, one that is named after it, or one named here."""

import ast
from functools import lru_cache

import pytest

from tests.architecture.source import ROOT, Module, domains, read

UNIT = ROOT / "tests" / "unit"
SHOWN_BY = {
    "escalation.standing": "escalation/test_resolving.py",
    "escalation.working_days": "escalation/test_calendar.py",
    "followup.delivery": "followup/test_notices.py",
    "followup.notice": "followup/test_notices.py",
    "followup.route": "followup/test_notices.py",
    "followup.telling": "followup/test_notices.py",
    "followup.records": "followup/test_offer_story.py",
    "followup.step": "followup/test_offer_story.py",
    "followup.timing": "followup/test_survey.py",
    "intake.admission": "intake/test_handlers.py",
    "intake.announcing": "intake/test_handlers.py",
    "intake.contacts": "intake/test_customer.py",
    "intake.email_body": "intake/test_email.py",
    "intake.email_charset": "intake/test_email.py",
    "intake.email_headers": "intake/test_email.py",
    "intake.excerpt": "intake/test_registration.py",
    "intake.sealing": "intake/test_registration.py",
    "intake.tongue": "intake/test_registration.py",
    "intake.words": "intake/test_acceptance.py",
    "triage.evidence": "triage/test_severity.py",
    "triage.facts": "triage/test_assessment.py",
    "triage.phrases": "triage/test_lexicon.py",
    "triage.theme": "triage/test_lexicon.py",
}
"""Files of rules that are tested through the rule that uses them, and the test where one sees it fail."""


@lru_cache
def imported_by_tests() -> frozenset[str]:
    """Every module and name that a test imports."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(read(path).tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return frozenset(found)


def decides(module: Module) -> bool:
    """Whether anything in it can be right or wrong: a protocol and a list of words cannot."""
    return any(not isinstance(f.body[-1], ast.Expr) for f in module.functions() if ast.get_docstring(f))


@pytest.mark.parametrize("module", [module for module in domains() if decides(module)], ids=lambda module: module.name)
def test_a_rule_has_a_test(module: Module) -> None:
    service = module.name.split(".")[1]
    named_after = UNIT / service / f"test_{module.path.stem}.py"
    short = f"{service}.{module.path.stem}"
    assert module.name in imported_by_tests() or named_after.exists() or short in SHOWN_BY


def test_every_test_that_stands_in_for_another_is_there_and_needed() -> None:
    assert [name for name, test in SHOWN_BY.items() if not (UNIT / test).exists()] == []
    assert [name for name in SHOWN_BY if (UNIT / name.split(".")[0] / f"test_{name.split('.')[1]}.py").exists()] == []
