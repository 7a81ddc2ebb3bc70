"""Triage says how bad a complaint is, how soon it matters, and why."""
