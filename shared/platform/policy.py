"""Policy from a YAML file into a validated model; what is wrong is told with file, line, path and remedy."""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, to_jsonable_python
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from shared.platform.policy_places import Loc, duplicates, find, written
from shared.platform.policy_remedies import remedy_for

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[P]):
    """A policy as it was read."""

    policy: P
    hash: str
    """First 16 hex digits of SHA-256 over the canonical JSON of the model: comments and order do not change it."""
    body: str
    """The YAML text."""


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One thing wrong with a policy file."""

    file: Path
    line: int
    """Counted from 1; 0 where the file as a whole is meant."""
    path: str
    """For example `tiers[2].clock`; empty for the whole file."""
    what: str
    remedy: str

    def __str__(self) -> str:
        """One line, as compilers write it, so that editors can jump to it."""
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return f"{place}: {self.path + ': ' if self.path else ''}{self.what}; {self.remedy}"


class PolicyError(Exception):
    """A policy cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: list[PolicyProblem]) -> None:
        """At least one problem."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class PolicySource(Generic[P]):
    """One service's policy file."""

    def __init__(self, path: Path, model: type[P]) -> None:
        """`model` forbids extra keys; what pydantic may convert (a list to a set, a word to an enum) is converted."""
        self.path = path
        self.model = model

    def load(self) -> Loaded[P]:
        """Read and validate the file; raises `PolicyError`."""
        body = self._text()
        try:
            yaml = YAML(typ="safe", pure=True)
            root = self._compose(yaml, body)
            twice = list(duplicates(root, ()))
            if twice:
                raise PolicyError([self._problem(line, loc, "this key stands twice", "keep one of them") for line, loc in twice])
            value = _plain(yaml.constructor.construct_document(root))
        except (YAMLError, _NotPlainError, RecursionError) as error:
            raise self._unreadable(error) from None
        try:
            policy = self.model.model_validate(value)
        except ValidationError as error:
            raise PolicyError(sorted((self._invalid(root, e) for e in error.errors()), key=lambda p: p.line)) from None
        return Loaded(policy, policy_hash(policy), body)

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise PolicyError([self._problem(0, (), "the file is not UTF-8", "save it as UTF-8")]) from None
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
            raise PolicyError([self._problem(0, (), what, "check the path, or set REDRESS_POLICIES")]) from None

    def _compose(self, yaml: YAML, body: str) -> Node:
        root = yaml.compose(body)
        if not isinstance(root, MappingNode):
            raise PolicyError([self._problem(1, (), "the file holds no settings", "start from the default policy")])
        return root

    def _unreadable(self, error: Exception) -> PolicyError:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = error.problem if isinstance(error, MarkedYAMLError) and error.problem else str(error)
        line = mark.line + 1 if mark else 0
        return PolicyError([self._problem(line, (), f"not readable: {what}", "check indentation, colons and quotes")])

    def _invalid(self, root: Node, error: ErrorDetails) -> PolicyProblem:
        loc = error["loc"]
        line, path = find(root, loc, error["type"])
        what = {"missing": "is missing", "extra_forbidden": "is not a key that this policy knows"}.get(
            error["type"], error["msg"]
        )
        return self._problem(line, path, what[:1].lower() + what[1:], remedy_for(self.model, error))

    def _problem(self, line: int, loc: Loc, what: str, remedy: str) -> PolicyProblem:
        return PolicyProblem(self.path, line, written(loc), what, remedy)


def default_policy(service: str, policies: Path | None = None) -> Path:
    """The policy file of a service: in the directory given, or named by REDRESS_POLICIES, if it has one; else the one shipped.

    Raises `PolicyError` if that directory does not exist.
    """
    named = os.environ.get("REDRESS_POLICIES")
    directory = policies or (Path(named) if named else None)
    if directory and not directory.is_dir():
        raise PolicyError([PolicyProblem(directory, 0, "", "is not a directory", "set REDRESS_POLICIES to one that exists")])
    own = directory / f"{service}.yaml" if directory else None
    return own if own and own.exists() else Path(str(files("deploy"))) / "policies" / f"{service}.yaml"


def policy_hash(policy: BaseModel) -> str:
    """The same for every process and platform as long as the values are the same; 16 hex digits."""
    text = json.dumps(_canonical(policy.model_dump()), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key.value if isinstance(key, Enum) else key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return to_jsonable_python(value)


class _NotPlainError(Exception):
    """A YAML value that no policy needs: a set, binary data, an infinite number."""


def _plain(value: Any) -> Any:
    """The same value; raises `_NotPlainError` for what has no place in a policy."""
    for item in [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ():
        _plain(item)
    if isinstance(value, bytes | set) or (isinstance(value, float) and not math.isfinite(value)):
        raise _NotPlainError(f"a value of kind {type(value).__name__} has no place in a policy")
    return value
