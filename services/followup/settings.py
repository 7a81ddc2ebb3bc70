"""Followup makes the customers' links and hands letters over."""

SECRETS = ("dlq", "links")
"""Names of the secrets it must have; `redress run followup` reads no others."""
SETTINGS = (
    "followup_port",
    "intake_url",
    "service_key",
    "public_url",
    "mail_dir",
    "smtp_host",
    "smtp_port",
    "smtp_username",
    "smtp_password",
    "smtp_tls",
    "smtp_sender",
    "smtp_allowed_recipients",
)
"""Settings of its own, beside those that every service reads (Kafka, store, logs, clock)."""
