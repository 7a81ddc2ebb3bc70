"""Every setting once: what it is, its default, and why one would change it."""

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.contracts.topics import INPUT_BYTES, SERVICES


def setting(default: Any, what: str, why: str, group: str, **limits: Any) -> Any:
    """A field of `Settings`; `group` is the heading it stands under in `.env.example`."""
    return Field(default, description=what, json_schema_extra={"why": why, "group": group}, **limits)


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("write an address such as https://complaints.example.com, without `?` and `#`")
    return value.rstrip("/")


def _servers(value: str) -> str:
    for server in value.split(","):
        host, _, port = server.strip().rpartition(":")
        if not host or "/" in server or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("write host:port, or several with commas between, without kafka://")
    return ",".join(server.strip() for server in value.split(","))


def _store(value: str) -> str:
    kind, _, rest = value.partition("://")
    if kind not in ("mongodb", "mongodb+srv", "sqlite") or not rest.strip("/"):
        raise ValueError("write mongodb://HOST:PORT or sqlite:///DIRECTORY (four slashes before an absolute one)")
    if kind == "sqlite" and not rest.startswith("/"):
        raise ValueError("write three slashes: sqlite:///DIRECTORY")
    return value


def _port(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("tcp://"):
        raise ValueError("Kubernetes set this for a Service of that name: put `enableServiceLinks: false` into the pod")
    return value


def _listed(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


Url = Annotated[str, AfterValidator(_url)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Port = Annotated[int, BeforeValidator(_port), Field(ge=0, le=65535)]
OwnPath = Annotated[Path, AfterValidator(Path.expanduser)]

_WHERE, _KAFKA, _STORE, _HTTP, _SEPARATE = "Where and how", "Kafka", "Store", "HTTP", "Services in processes of their own"
_SECRETS, _TIME, _KEEP, _LOGS, _MAIL = "Secrets", "Time", "Retention", "Logs", "Mail"


class Settings(BaseSettings):
    """All that an operator may set; `load_settings` makes it."""

    model_config = SettingsConfigDict(
        env_prefix="REDRESS_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    home: OwnPath = setting(
        Path(".redress"), "Directory of everything that an installation keeps.", "To keep data elsewhere.", _WHERE
    )
    environment: Annotated[Literal["development", "production"], BeforeValidator(_lower)] = setting(
        "development", "development or production.", "In production, unencrypted Kafka and a simulated clock are refused.", _WHERE
    )
    policies: OwnPath | None = setting(
        None,
        "Directory with policies of your own, `<service>.yaml`.",
        "To change rules; files that it lacks are taken as shipped.",
        _WHERE,
    )
    public_url: Url | None = setting(
        None, "What links to customers start with.", "Always behind a proxy; default: the service's own address.", _WHERE
    )

    kafka: Annotated[str, AfterValidator(_servers)] | None = setting(
        None, "Kafka's host:port, several with commas.", "To use a real Kafka; without it a broker is embedded.", _KAFKA
    )
    kafka_security: Annotated[Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"], BeforeValidator(_lower)] = setting(
        "plaintext", "plaintext, ssl, sasl_plaintext or sasl_ssl.", "As the cluster demands.", _KAFKA
    )
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = setting(
        "SCRAM-SHA-512", "SASL mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.", "As the cluster demands.", _KAFKA
    )
    kafka_username: str | None = setting(None, "SASL user.", "With kafka_security sasl_*.", _KAFKA)
    kafka_password: SecretStr | None = setting(None, "SASL password.", "With kafka_security sasl_*.", _KAFKA)
    kafka_ca_file: OwnPath | None = setting(
        None, "PEM file of the authority that signed Kafka's certificate.", "For a private one.", _KAFKA
    )
    kafka_allow_plaintext: bool = setting(
        False, "Accept unencrypted Kafka in production.", "Where the network itself is encrypted.", _KAFKA
    )
    kafka_max_records: int = setting(500, "Records in a batch.", "Fewer for less latency under load.", _KAFKA, ge=1, le=10_000)
    kafka_batch_timeout_ms: int = setting(
        200, "How long a poll waits for records, ms.", "Longer saves idle polls.", _KAFKA, ge=10, le=10_000
    )
    kafka_session_timeout_ms: int = setting(
        10_000,
        "After what silence a dead replica's partitions move, ms.",
        "Longer on machines that stall.",
        _KAFKA,
        ge=6_000,
        le=300_000,
    )
    kafka_request_timeout_ms: int = setting(
        10_000, "How long a request to Kafka may take, ms.", "Longer over slow lines.", _KAFKA, ge=1_000, le=120_000
    )

    store: Annotated[str, AfterValidator(_store)] | None = setting(
        None,
        "mongodb://HOST:PORT or sqlite:///DIRECTORY.",
        "MongoDB for several replicas; default: SQLite in home.",
        _STORE,
        repr=False,
    )
    store_driver: Annotated[Literal["motor", "pymongo"], BeforeValidator(_lower)] = setting(
        "motor", "MongoDB driver: motor or pymongo.", "To move to PyMongo's own asynchronous client.", _STORE
    )

    host: str = setting("127.0.0.1", "Address the HTTP doors listen on.", "0.0.0.0 in containers.", _HTTP)
    intake_port: Port = setting(8081, "Intake's port.", "If it is taken; 0 takes any free one.", _HTTP)
    triage_port: Port = setting(8082, "Triage's port.", "As above.", _HTTP)
    escalation_port: Port = setting(8083, "Escalation's port.", "As above.", _HTTP)
    followup_port: Port = setting(8084, "Followup's port.", "As above.", _HTTP)
    max_body_bytes: int = setting(
        INPUT_BYTES, "Largest request body, bytes.", "Smaller to be stricter.", _HTTP, ge=1_000, le=INPUT_BYTES
    )
    max_connections: int = setting(
        500, "Requests and connections at once in one service; more get 503.", "By memory.", _HTTP, ge=10, le=100_000
    )
    shutdown_seconds: int = setting(
        25, "How long a stop waits for what is under way, seconds.", "Below the orchestrator's grace period.", _HTTP, ge=1, le=600
    )

    intake_url: Url | None = setting(
        None, "Where intake answers.", "With `redress run`, for the vault and the command line.", _SEPARATE
    )
    triage_url: Url | None = setting(None, "Where triage answers.", "For the command line.", _SEPARATE)
    escalation_url: Url | None = setting(None, "Where escalation answers.", "For the command line.", _SEPARATE)
    followup_url: Url | None = setting(None, "Where followup answers.", "For the command line.", _SEPARATE)
    service_key: SecretStr | None = setting(
        None, "API key that one service uses with another.", "With `redress run`; it needs the scope vault.", _SEPARATE
    )

    secrets_dir: OwnPath | None = setting(
        None, "Directory of files that hold settings, named redress_<setting>.", "For Docker and Kubernetes secrets.", _SECRETS
    )
    master_key_file: OwnPath | None = setting(
        None, "File of the key that wraps customers' keys.", "To keep it apart from the data; default: made in home.", _SECRETS
    )
    identity_secret_file: OwnPath | None = setting(
        None,
        "File of the secret behind customers' pseudonyms.",
        "To keep it apart from the data; default: made in home.",
        _SECRETS,
    )
    api_keys_file: OwnPath | None = setting(
        None, "JSON file of the API keys' hashes, names and scopes.", "To mount it; default: api-keys.json in home.", _SECRETS
    )

    clock: Annotated[Literal["system", "simulated"], BeforeValidator(_lower)] = setting(
        "system", "system or simulated.", "Simulated for demonstrations: time moves only when told to.", _TIME
    )
    simulated_start: AwareDatetime | None = setting(
        None,
        "First instant of a simulated clock, ISO 8601 with offset.",
        "To repeat a demonstration exactly; default: now.",
        _TIME,
    )

    log_format: Annotated[Literal["auto", "json", "console"], BeforeValidator(_lower)] = setting(
        "auto", "json, console, or auto: console on a terminal, else json.", "To force one.", _LOGS
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = setting(
        "info", "debug, info, warning or error.", "debug while looking for a fault.", _LOGS
    )

    keep_parked_days: Days = setting(
        90, "Days for which the content of parked records is kept; 0: for ever.", "As long as it takes to mend them.", _KEEP
    )
    keep_openings_days: Days = setting(
        400, "Days for which the vault remembers who opened what; 0: for ever.", "As long as audits look back.", _KEEP
    )

    lang: Annotated[Literal["en", "ru"], BeforeValidator(_lower)] | None = setting(
        None, "Language of the command line: en or ru.", "Where the locale says something else.", _LOGS
    )

    mail_dir: OwnPath | None = setting(
        None, "Directory into which letters are written as .eml.", "Without SMTP; default: mail in home.", _MAIL
    )
    smtp_host: str | None = setting(None, "SMTP server; letters are sent only if it is set.", "To send real mail.", _MAIL)
    smtp_port: Annotated[Port, Field(ge=1)] = setting(587, "SMTP port.", "465 with tls, 25 inside a network.", _MAIL)
    smtp_username: str | None = setting(None, "SMTP user.", "If the server wants a login.", _MAIL)
    smtp_password: SecretStr | None = setting(None, "SMTP password.", "If the server wants a login.", _MAIL)
    smtp_tls: Annotated[Literal["starttls", "tls", "none"], BeforeValidator(_lower)] = setting(
        "starttls", "starttls, tls or none.", "As the server demands; none only on this machine.", _MAIL
    )
    smtp_sender: str | None = setting(
        None, "Address that our letters come from.", "With smtp_host.", _MAIL, pattern=r"^[^@\s]+@[^@\s]+$"
    )
    smtp_allowed_recipients: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = setting(
        (), "Only these addresses get mail, with commas; empty: everybody.", "For trials with a real server.", _MAIL
    )

    def port_of(self, service: str) -> int:
        """The port that a service listens on; 0: any free one."""
        return int(getattr(self, f"{service}_port"))

    def urls(self) -> dict[str, str]:
        """The addresses given for services that run elsewhere."""
        return {name: url for name in SERVICES if (url := getattr(self, f"{name}_url"))}

    @property
    def api_keys_path(self) -> Path:
        """The file of API keys."""
        return self.api_keys_file or self.home / "api-keys.json"

    @property
    def mail_path(self) -> Path:
        """The directory of letters that are written instead of sent."""
        return self.mail_dir or self.home / "mail"

    @property
    def sqlite_dir(self) -> Path | None:
        """The directory of the SQLite files; None with MongoDB."""
        if self.store is None:
            return self.home
        return Path(self.store.removeprefix("sqlite:///")).expanduser() if self.store.startswith("sqlite:") else None
