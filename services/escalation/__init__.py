"""Escalation owns the case: who has it, which promises run, and how it ends."""
