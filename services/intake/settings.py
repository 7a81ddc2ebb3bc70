"""Intake holds every secret: it is the one door to personal data."""

SECRETS = ("master", "identity", "dlq", "links")
"""Names of the secrets it must have; `redress run intake` reads no others."""
SETTINGS = ("intake_port", "max_body_bytes", "public_url")
"""Settings of its own, beside those that every service reads (Kafka, store, logs, clock)."""
