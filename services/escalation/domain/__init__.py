"""The rules of a case: pure functions of facts, policy and now."""
