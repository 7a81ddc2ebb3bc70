"""How to reach Kafka: address, security, and the settings that the delivery promise rests on."""

import ssl
from dataclasses import dataclass, field
from typing import Any

from aiokafka.helpers import create_ssl_context
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512


@dataclass(frozen=True)
class Connection:
    """One Kafka cluster and how this process talks to it."""

    servers: str
    client_id: str
    security: str = "plaintext"
    """plaintext, ssl, sasl_plaintext or sasl_ssl."""
    mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    fetch_max_wait_ms: int = 500
    """Short on the embedded broker, which sleeps it out."""
    batch_timeout_ms: int = 200
    session_timeout_ms: int = 10_000
    request_timeout_ms: int = 10_000
    max_records: int = 500
    embedded: bool = False

    def _ssl(self) -> ssl.SSLContext | None:
        return create_ssl_context(cafile=self.ca_file) if "ssl" in self.security else None

    def for_client(self) -> dict[str, Any]:
        """Keyword arguments of an aiokafka client."""
        settings: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "client_id": self.client_id,
            "security_protocol": self.security.upper(),
            "request_timeout_ms": self.request_timeout_ms,
            "metadata_max_age_ms": 60_000,
            "retry_backoff_ms": 200,
        }
        context = self._ssl()
        if context:
            settings["ssl_context"] = context
        if self.security.startswith("sasl"):
            settings |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return settings

    def for_producer(self) -> dict[str, Any]:
        """Keyword arguments of the producer: acknowledged by all replicas, idempotent, never lingering."""
        # zstd costs the embedded broker's clients more than loopback gains; lz4 is slow in aiokafka.
        return self.for_client() | {
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 0,
            "max_batch_size": 524_288,
            "max_request_size": 1_600_000,
            "compression_type": None if self.embedded else "zstd",
        }

    def for_faststream(self) -> BaseSecurity | None:
        """The same security in FastStream's words."""
        if self.security == "plaintext":
            return None
        context = self._ssl()
        if not self.security.startswith("sasl"):
            return BaseSecurity(ssl_context=context, use_ssl=True)
        kinds = {"SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512, "PLAIN": SASLPlaintext}
        return kinds[self.mechanism](self.username, self.password, ssl_context=context, use_ssl=context is not None)
