"""What the verbs around publishing and setting up print with `--json`."""

from deploy.cli.shapes import Counts, Fault, Shape


class Running(Shape):
    """`redress up`: what its `running.json` says too."""

    pid: int
    ready: bool
    """Whether all four services take work right now."""
    kafka: str
    """Bootstrap servers."""
    intake: str
    triage: str
    escalation: str
    followup: str
    api_key_file: str
    """Path of the key with every scope."""


class Published(Shape):
    """`redress publish`; outcomes are null over Kafka, where intake decides later."""

    transport: str
    to: str
    read: int
    invalid: int
    sent: int
    """Handed over and confirmed."""
    failed: int
    """Valid, and not taken: refused over HTTP, not confirmed by Kafka."""
    registered: int | None
    rejected: int | None
    doubles: int | None
    read_by_intake: bool | None
    """On the embedded broker: whether intake has read them all; null elsewhere."""
    problems: list[Fault]


class Loaded(Shape):
    """`redress load`; latencies in ms, counted from the instant at which a complaint was to be sent."""

    transport: str
    rate: float
    seconds: float
    sent: int
    accepted: int
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    counts: Counts | None


class TopicRow(Shape):
    """One topic as it was found or made."""

    name: str
    state: str
    """created, fits, grown, or differs."""
    partitions: int
    differences: list[str]


class Topics(Shape):
    """`redress topics init`."""

    kafka: str | None
    embedded: bool
    topics: list[TopicRow]


class StoreRow(Shape):
    """The store of one service."""

    service: str
    created: list[str]


class Stores(Shape):
    """`redress db init`."""

    stores: list[StoreRow]


class PolicyRow(Shape):
    """One policy file."""

    service: str
    file: str
    hash: str | None
    problems: list[str]


class Policies(Shape):
    """`redress policy check`."""

    policies: list[PolicyRow]


class Finding(Shape):
    """One thing that the doctor looked at: state is ok, warn or bad."""

    check: str
    state: str
    found: str
    remedy: str


class Findings(Shape):
    """`redress doctor`."""

    findings: list[Finding]


class Issued(Shape):
    """`redress keys issue`; the key is shown here once and kept nowhere."""

    name: str
    actor: str
    scopes: list[str]
    key: str
    replaced: bool
    """Whether a key of the same name ended thereby."""
    file: str


class KeyRow(Shape):
    """One key, by what the file knows of it."""

    name: str
    actor: str
    scopes: list[str]


class Keys(Shape):
    """`redress keys list`."""

    keys: list[KeyRow]
    file: str


class Revoked(Shape):
    """`redress keys revoke`."""

    name: str
    file: str


class KeyFile(Shape):
    """One secret or key in a file of its own; state is made or kept."""

    name: str
    file: str
    state: str


class KeyFiles(Shape):
    """`redress keys init`; nothing of what the files hold."""

    files: list[KeyFile]


class Rewrapped(Shape):
    """`redress keys rewrap`: how many customers' keys lie under the newest master key now, and how many are damaged."""

    master: str
    rewrapped: int
    unreadable: int


class SettingRow(Shape):
    """One setting in force."""

    variable: str
    value: str
    is_default: bool


class Config(Shape):
    """`redress config show`."""

    settings: list[SettingRow]
    unknown: list[str]
