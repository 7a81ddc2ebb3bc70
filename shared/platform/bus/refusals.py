"""Why Kafka does not let us in: one sentence with the setting or the right that mends it, and nothing secret."""

import contextlib
import ssl

from aiokafka.conn import create_conn
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from shared.platform.bus.connection import Connection
from shared.platform.patience import within

LOOK_SECONDS = 5
EXPIRED = 10
OTHER_HOST = (62, 64)
"""OpenSSL's numbers for a certificate whose time is over, and for one that names another host or address."""
SAID: tuple[tuple[type[Exception], str], ...] = (
    (SaslAuthenticationFailed, "Kafka refuses the user: check REDRESS_KAFKA_USERNAME and REDRESS_KAFKA_PASSWORD"),
    (UnsupportedSaslMechanismError, "Kafka does not know the mechanism: check REDRESS_KAFKA_MECHANISM"),
    (GroupAuthorizationFailedError, "Kafka does not let this user into its groups: allow it READ on them"),
    (TopicAuthorizationFailedError, "Kafka does not let this user use the topic: allow it READ or WRITE on it"),
    (ssl.SSLCertVerificationError, "Kafka's certificate is of an authority unknown here: set REDRESS_KAFKA_CA_FILE"),
    (ssl.SSLError, "Kafka does not speak TLS there: check the port and REDRESS_KAFKA_SECURITY"),
)
KINDS = tuple(kind for kind, _ in SAID)


def sentence(error: Exception) -> str:
    """The reason as people read it; the error's kind where nothing more is known."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == EXPIRED:
            return "Kafka's certificate has expired or is not valid yet: renew it"
        if error.verify_code in OTHER_HOST:
            return "Kafka's certificate names another host: use one that it names in REDRESS_KAFKA and advertised.listeners"
    return next((said for kind, said in SAID if isinstance(error, kind)), type(error).__name__)


async def why(connection: Connection, error: Exception) -> str:
    """The same; where clients say no more than that they could not connect, each server is asked once more."""
    if isinstance(error, KafkaConnectionError):
        for server in connection.servers.split(","):
            refusal = await _refusal(connection, server)
            if isinstance(refusal, KINDS):
                return sentence(refusal)
    return sentence(error)


async def _refusal(connection: Connection, server: str) -> Exception | None:
    """What one server answers to a client that comes as ours do."""
    host, _, port = server.rpartition(":")
    given = connection.for_client()
    names = ("client_id", "request_timeout_ms", "security_protocol", "ssl_context")
    settings = {name: value for name, value in given.items() if name in names or name.startswith("sasl_")}
    try:
        made = await within(LOOK_SECONDS, create_conn(host.strip("[]"), int(port), **settings))
    except Exception as refusal:  # whatever it is, it is the answer
        return refusal
    with contextlib.suppress(OSError):
        made.close()
    return None
