"""Triage needs no secret but the one that encrypts what it parks."""

SECRETS = ("dlq",)
"""Names of the secrets it must have; `redress run triage` reads no others."""
SETTINGS = ("triage_port",)
"""Settings of its own, beside those that every service reads (Kafka, store, logs, clock)."""
