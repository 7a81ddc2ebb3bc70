"""Read the settings: arguments over the environment over files over `.env` over defaults."""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.platform.settings.errors import SettingsError, variable
from shared.platform.settings.fields import Settings
from shared.platform.settings.rules import clashes

FIELDS = Settings.model_fields


def load_settings(env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """The settings of this process; raises `SettingsError` with all that is wrong.

    `given` wins over everything. Instead of `REDRESS_X` there may be `REDRESS_X_FILE`, a file that holds the value, or a
    file `redress_x` in `REDRESS_SECRETS_DIR`. An empty variable counts as unset.
    """
    variables = _variables(env_file)
    from_files = _from_files(variables)
    try:
        settings = Settings(_env_file=env_file, **(from_files | given))
    except ValidationError as error:
        raise SettingsError([_problem(e) for e in error.errors(include_input=False, include_context=False)]) from None
    wrong = clashes(settings)
    if wrong:
        raise SettingsError(wrong)
    return settings


def unknown_variables(env_file: Path | None = Path(".env")) -> list[str]:
    """One sentence for each `REDRESS_…` variable that no setting has, with the nearest that one has.

    They are worth a warning and no refusal: tests, images and orchestrators put variables of their own beside ours.
    """
    known = [variable(name) for name in FIELDS]
    known += [f"{name}_FILE" for name in known]
    strange = [name for name in sorted(_variables(env_file)) if name not in known and not name.startswith("REDRESS_TEST_")]
    return [f"{name} is not a setting; {_nearest(name, known)}" for name in strange]


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else "see .env.example for all of them"


def _variables(env_file: Path | None) -> dict[str, str]:
    """All non-empty variables with our prefix, the environment over `.env`."""
    written: Mapping[str, str | None] = dotenv_values(env_file, encoding="utf-8") if env_file else {}
    both = {name.upper(): value for name, value in written.items()} | {name.upper(): v for name, v in os.environ.items()}
    return {name: value for name, value in both.items() if name.startswith("REDRESS_") and value}


def _from_files(variables: Mapping[str, str]) -> dict[str, str]:
    """The values of settings that lie in files."""
    found: dict[str, str] = {}
    problems: list[str] = []
    for name, source, path in _files(variables):
        if variable(name) in variables:
            if source != "REDRESS_SECRETS_DIR":
                problems.append(f"{variable(name)} and {source} are both set: unset one of them")
            continue
        try:
            found.setdefault(name, path.expanduser().read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{source}: the file cannot be read ({type(error).__name__}): check the path and its permissions")
    if problems:
        raise SettingsError(problems)
    return {name: value for name, value in found.items() if value}


def _files(variables: Mapping[str, str]) -> Iterator[tuple[str, str, Path]]:
    """Setting, where the file was named, and the file; a variable of its own before the directory."""
    for name in FIELDS:
        if f"{name}_file" not in FIELDS and f"{variable(name)}_FILE" in variables:
            yield name, f"{variable(name)}_FILE", Path(variables[f"{variable(name)}_FILE"])
    directory = variables.get("REDRESS_SECRETS_DIR")
    if directory and Path(directory).is_dir():
        named = {path.name.lower(): path for path in Path(directory).iterdir() if path.is_file()}
        for name in FIELDS:
            if f"redress_{name}" in named:
                yield name, "REDRESS_SECRETS_DIR", named[f"redress_{name}"]


def _problem(error: ErrorDetails) -> str:
    """Variable and remedy; messages of the fields' own validators are remedies already."""
    message = error["msg"].removeprefix("Value error, ")
    return f"{variable(str(error['loc'][0]))}: {message[:1].lower() + message[1:] if error['type'] != 'value_error' else message}"
