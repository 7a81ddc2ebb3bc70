"""The rules of triage: pure functions of facts and policy."""
