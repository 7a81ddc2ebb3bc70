"""Kafka as strict operators run it: TLS by an authority of our own, SCRAM users, and nothing allowed that is not listed."""

import datetime
import ipaddress
from pathlib import Path

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.kafka import Kafka

DAY = datetime.timedelta(days=1)
PROPERTIES = """\
listener.name.client.ssl.keystore.type=PEM
listener.name.client.ssl.keystore.location={keystore}
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
connection.failed.authentication.delay.ms=0
log.flush.start.offset.checkpoint.interval.ms=500
"""


class Authority:
    """An authority that nobody knows unless told, and the certificates it signs."""

    def __init__(self, name: str) -> None:
        """Its key lives as long as the test."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        limits = x509.BasicConstraints(ca=True, path_length=0)
        begun = self._begun(self._name, self._key.public_key(), 30).add_extension(limits, True)
        self._own = begun.sign(self._key, hashes.SHA256())

    def _begun(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - 60 * DAY).not_valid_after(now + days * DAY)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return made.add_extension(identifier, False).add_extension(above, False)

    def write(self, path: Path) -> Path:
        """What clients need to believe it."""
        path.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))
        return path

    def certify(self, path: Path, host: str = "127.0.0.1", days: int = 30) -> Path:
        """A server's key and certificate for an address, in one file as Kafka reads it; negative `days`: expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kafka")])
        made = self._begun(subject, key.public_key(), days).add_extension(names, False)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        path.write_bytes(private + made.sign(self._key, hashes.SHA256()).public_bytes(pem))
        return path


def secure_kafka(keystore: Path) -> Kafka:
    """One node whose clients come by TLS with a password; its inner listener is the administrator's."""
    return Kafka(security="SASL_SSL", more=PROPERTIES.format(keystore=keystore))


class Administrator:
    """Who makes users and lists what they may do, by the listener that only this machine reaches."""

    def __init__(self, kafka: Kafka) -> None:
        """The node is up."""
        self.servers = f"127.0.0.1:{kafka.nodes[0].internal}"
        self.client = AdminClient({"bootstrap.servers": self.servers})

    def user(self, name: str, password: str) -> None:
        """Make a user, or give it another password."""
        kind = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096)
        made = UserScramCredentialUpsertion(name, kind, password.encode())
        self.client.alter_user_scram_credentials([made])[name].result(10)

    def allow(self, user: str, kind: str, name: str, *operations: str) -> None:
        """Let a user do these things with what is called so or begins so."""
        for future in self.client.create_acls([_rule(user, kind, name, operation) for operation in operations]).values():
            future.result(10)


def _rule(user: str, kind: str, name: str, operation: str) -> AclBinding:
    pattern, may = ResourcePatternType.PREFIXED, AclPermissionType.ALLOW
    return AclBinding(ResourceType[kind], name, pattern, f"User:{user}", "*", AclOperation[operation], may)
