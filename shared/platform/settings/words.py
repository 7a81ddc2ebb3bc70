"""Show the settings: as `.env.example`, and as they are in force, without secrets."""

import re
import textwrap
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from shared.platform.settings.errors import variable
from shared.platform.settings.fields import Settings

MASK = "********"
_INTRO = """\
Redress: every setting with its default. Copy to .env and uncomment what you change.
Instead of REDRESS_X there may be REDRESS_X_FILE, a file that holds the value; the environment wins over .env.
Written from shared/platform/settings/fields.py; a test keeps the two in step."""


def env_example() -> str:
    """The text of `.env.example`."""
    lines = [f"# {line}" for line in _INTRO.splitlines()]
    for group, members in groupby(Settings.model_fields.items(), key=lambda item: _said(item[1], "group")):
        lines += ["", f"# --- {group} " + "-" * (90 - len(group)), ""]
        for name, field in members:
            lines += textwrap.wrap(f"{field.description} {_said(field, 'why')}", 110, initial_indent="# ", subsequent_indent="# ")
            lines.append(f"#{variable(name)}={_plain(field.default)}")
    return "\n".join(lines) + "\n"


def describe(settings: Settings) -> dict[str, str]:
    """Every variable with the value in force; secrets and passwords inside addresses are masked."""
    return {variable(name): _shown(getattr(settings, name)) for name in Settings.model_fields}


def _said(field: FieldInfo, key: str) -> str:
    extra = field.json_schema_extra
    return str(extra[key]) if isinstance(extra, dict) else ""


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    return value.as_posix() if isinstance(value, Path) else str(value)


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return MASK
    without_login = re.sub(r"(?<=://).*(?=@)", MASK, _plain(value))
    return re.sub(r"((?:password|token|secret|properties)[^=&]*=)[^&]*", rf"\1{MASK}", without_login, flags=re.IGNORECASE)
