"""Escalation seals notes and answers through intake's vault."""

SECRETS = ("dlq",)
"""Names of the secrets it must have; `redress run escalation` reads no others."""
SETTINGS = ("escalation_port", "intake_url", "service_key")
"""Settings of its own, beside those that every service reads (Kafka, store, logs, clock)."""
