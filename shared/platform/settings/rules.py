"""Which settings fit together, and what each way of running needs."""

import ipaddress

from shared.contracts.topics import SERVICES
from shared.platform.settings.errors import SettingsError
from shared.platform.settings.fields import Settings

NEED_THE_VAULT = ("escalation", "followup")
"""Services that seal or open texts, and so must reach intake."""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost" or bare.endswith(".localhost")


def clashes(settings: Settings) -> list[str]:
    """What contradicts itself, whatever is run."""
    return [*_kafka(settings), *_mail(settings), *_time(settings)]


def _kafka(settings: Settings) -> list[str]:
    problems = []
    sasl = settings.kafka_security.startswith("sasl")
    if sasl and not (settings.kafka_username and settings.kafka_password):
        problems.append(
            f"REDRESS_KAFKA_SECURITY={settings.kafka_security} needs REDRESS_KAFKA_USERNAME and REDRESS_KAFKA_PASSWORD: set both"
        )
    hosts = [server.rpartition(":")[0] for server in (settings.kafka or "").split(",") if server]
    strict = settings.environment != "development" and not settings.kafka_allow_plaintext
    if strict and settings.kafka_security.endswith("plaintext") and not all(is_loopback(host) for host in hosts):
        problems.append(
            "REDRESS_KAFKA_SECURITY: unencrypted Kafka is refused in production: set it to ssl or sasl_ssl, or, where the "
            "network itself is encrypted, set REDRESS_KAFKA_ALLOW_PLAINTEXT=true"
        )
    return problems


def _mail(settings: Settings) -> list[str]:
    problems = []
    if settings.smtp_host and not settings.smtp_sender:
        problems.append("REDRESS_SMTP_HOST needs REDRESS_SMTP_SENDER: set the address that letters come from")
    if bool(settings.smtp_username) != bool(settings.smtp_password):
        problems.append("REDRESS_SMTP_USERNAME and REDRESS_SMTP_PASSWORD belong together: set both or none")
    if settings.smtp_host and settings.smtp_password and settings.smtp_tls == "none" and not is_loopback(settings.smtp_host):
        problems.append("REDRESS_SMTP_TLS=none would send the password in the clear: set it to starttls or tls")
    return problems


def _time(settings: Settings) -> list[str]:
    problems = []
    if settings.clock == "simulated" and settings.environment == "production":
        problems.append("REDRESS_CLOCK=simulated is refused in production: unset it")
    if settings.simulated_start and settings.clock == "system":
        problems.append("REDRESS_SIMULATED_START needs REDRESS_CLOCK=simulated: set that too, or unset this")
    return problems


def check_run(settings: Settings, service: str | None = None) -> None:
    """Refuse what cannot work: `service` in a process of its own, or, with None, all four in this one.

    Raises `SettingsError`.
    """
    problems = _together(settings) if service is None else _alone(settings, service)
    if problems:
        raise SettingsError(problems)


def _together(settings: Settings) -> list[str]:
    if settings.kafka is None and settings.sqlite_dir is None:
        return [
            "REDRESS_STORE is MongoDB, but the embedded broker needs SQLite, which remembers what it forgets: set REDRESS_KAFKA "
            "to a real Kafka, or unset REDRESS_STORE"
        ]
    return []


def _alone(settings: Settings, service: str) -> list[str]:
    if service not in SERVICES:
        return [f"there is no service {service!r}: choose one of {', '.join(SERVICES)}"]
    problems = []
    if settings.kafka is None:
        problems.append(
            "REDRESS_KAFKA is not set: a service in a process of its own needs a real Kafka, since an embedded broker cannot be "
            "shared; set it to host:port, or use `redress up`"
        )
    if service in NEED_THE_VAULT:
        needs = {"REDRESS_INTAKE_URL": settings.intake_url, "REDRESS_SERVICE_KEY": settings.service_key}
        problems += [
            f"{name} is not set: {service} asks intake's vault; set it" for name, value in needs.items() if value is None
        ]
    return problems
