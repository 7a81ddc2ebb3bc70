"""What a service stands on, alone or with the other three; loads no service, for that takes most of a start."""

import contextlib
import importlib
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from services.escalation import settings as escalation_settings
from services.followup import settings as followup_settings
from services.intake import settings as intake_settings
from services.triage import settings as triage_settings
from shared.platform.application import BuildsService, Built
from shared.platform.bus.connection import Connection
from shared.platform.clock import Clock, SimulatedClock, SystemClock, machine_ms
from shared.platform.http.key_file import hashed, issue_key, read_keys
from shared.platform.http.serve import serving
from shared.platform.logging import get_logger
from shared.platform.secrets import Secrets, ensure_secrets
from shared.platform.settings import Settings

log = get_logger(__name__)
SCOPES = ("submit", "desk", "vault", "admin")
KEY_FILE = "api_key"


def clock_of(settings: Settings) -> Clock:
    """Real time, or a simulated one that stands still until it is moved."""
    if settings.clock == "system":
        return SystemClock()
    start = settings.simulated_start
    return SimulatedClock(int(start.timestamp() * 1000) if start else machine_ms())


def connection_of(settings: Settings, servers: str, embedded: bool) -> Connection:
    """How this process talks to Kafka."""
    return Connection(
        servers=servers,
        client_id=f"redress-{socket.gethostname()}-{os.getpid()}",
        security=settings.kafka_security,
        mechanism=settings.kafka_mechanism,
        username=settings.kafka_username or "",
        password=settings.kafka_password.get_secret_value() if settings.kafka_password else "",
        ca_file=str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
        fetch_max_wait_ms=0 if embedded else 500,
        batch_timeout_ms=20 if embedded else settings.kafka_batch_timeout_ms,
        session_timeout_ms=settings.kafka_session_timeout_ms,
        request_timeout_ms=settings.kafka_request_timeout_ms,
        max_records=settings.kafka_max_records,
        embedded=embedded,
    )


def own_key(settings: Settings) -> str:
    """The key of whoever runs this installation, with every scope; made once, kept beside the data."""
    path = settings.home / KEY_FILE
    if not path.exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_key(path, issue_key(settings.api_keys_path, "local", os.environ.get("USER") or "operator", SCOPES))
    return path.read_text("ascii").strip()


def keep_key(path: Path, keys: Path, name: str, scopes: Sequence[str]) -> bool:
    """Have a key in a file of its own that the file of API keys knows; True if it was made now.

    Raises `BrokenKeyFile`, or `OSError` where nothing can be written.
    """
    known = {entry.sha256 for entry in read_keys(keys) if entry.name == name and entry.scopes == set(scopes)}
    if path.exists() and hashed(path.read_text("ascii").strip()) in known:
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_key(path, issue_key(keys, name, name, tuple(scopes)))
    return True


def _write_key(path: Path, key: str) -> None:
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(key + "\n", encoding="ascii")
    draft.rename(path)


NEEDED = {
    "intake": intake_settings.SECRETS,
    "triage": triage_settings.SECRETS,
    "escalation": escalation_settings.SECRETS,
    "followup": followup_settings.SECRETS,
}


def secrets_for(settings: Settings, *services: str) -> Secrets:
    """The secrets that these services need, in home or where settings say; made only where no data lies yet."""
    home = settings.sqlite_dir
    empty = home is None or not any(home.glob("*.sqlite"))
    names = dict.fromkeys(name for service in services for name in NEEDED[service])
    elsewhere = {"master": settings.master_key_file, "identity": settings.identity_secret_file}
    secrets = ensure_secrets(settings.home, empty, names, elsewhere)
    for warning in secrets.warnings:
        log.warning("a secret is not secret", reason=warning)
    return secrets


def served(built: Built, door: socket.socket, settings: Settings) -> contextlib.AbstractAsyncContextManager[str]:
    """Serve a service's app within the limits of the settings; gives its URL."""
    limit, grace = settings.max_connections, settings.shutdown_seconds
    return serving(built.app, door=door, max_connections=limit, shutdown_seconds=grace)


def build_of(service: str) -> BuildsService:
    """How one service is wired; loads that service only."""
    build: BuildsService = importlib.import_module(f"services.{service}.app").build
    return build
