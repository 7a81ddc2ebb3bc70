"""Secrets are made once over an empty store, and never again."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.platform.crypto import MasterKey, new_key
from shared.platform.secrets import NAMES, SecretProblem, ensure_secrets, permission_warning, read_keys, secret_file


def line(key: bytes) -> str:
    return base64.b64encode(key).decode() + "\n"


def test_over_an_empty_store_every_secret_is_made_for_its_owner_only(tmp_path: Path):
    made = ensure_secrets(tmp_path, store_is_empty=True)
    assert set(made.keys) == set(NAMES)
    assert len({made.identity, made.dlq, made.links, made.masters[0].secret}) == len(NAMES), "each secret is its own"
    assert {stat.S_IMODE(secret_file(tmp_path, name).stat().st_mode) for name in NAMES} == {0o600}
    assert made.warnings == ()


def test_the_next_start_reads_the_same_secrets(tmp_path: Path):
    made = ensure_secrets(tmp_path, store_is_empty=True)
    assert ensure_secrets(tmp_path, store_is_empty=False) == made
    assert ensure_secrets(tmp_path, store_is_empty=True) == made


def test_a_secret_that_is_gone_is_never_made_anew_over_a_full_store(tmp_path: Path):
    ensure_secrets(tmp_path, store_is_empty=True)
    secret_file(tmp_path, "master").unlink()
    with pytest.raises(SecretProblem, match=r"master\.key.*backup"):
        ensure_secrets(tmp_path, store_is_empty=False)
    assert not secret_file(tmp_path, "master").exists()


def test_a_service_asks_only_for_what_it_needs(tmp_path: Path):
    made = ensure_secrets(tmp_path, store_is_empty=True, names=("dlq", "links"))
    assert set(made.keys) == {"dlq", "links"}
    assert not secret_file(tmp_path, "master").exists()


def test_many_that_start_at_once_agree_on_one_secret(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ensure_secrets(tmp_path, store_is_empty=True), range(16)))
    assert all(secrets == made[0] for secrets in made)
    assert sorted(path.name for path in (tmp_path / "secrets").iterdir()) == sorted(f"{name}.key" for name in NAMES)


def test_a_rotated_master_is_a_further_line_and_the_last_one_writes(tmp_path: Path):
    old, new = new_key(), new_key()
    ensure_secrets(tmp_path, store_is_empty=True)
    secret_file(tmp_path, "master").write_text(line(old) + "\n" + line(new))
    assert ensure_secrets(tmp_path, store_is_empty=False).masters == (MasterKey(old), MasterKey(new))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (line(b"short"), "line 1: not 32 bytes"),
        (line(bytes(32)) + "нечто\n", "cannot be read"),
        (line(bytes(32)) + "!!!!\n", "line 2: not 32 bytes"),
        (line(bytes(range(32)))[:-3], "line 1: not 32 bytes"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_never_quoted(tmp_path: Path, content: str, said: str):
    path = tmp_path / "master.key"
    path.write_text(content, "utf-8")
    with pytest.raises(SecretProblem, match=said) as problem:
        read_keys(path)
    assert str(path) in str(problem.value)
    assert not content.strip() or content.split(maxsplit=1)[0] not in str(problem.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SecretProblem, match=r"gone\.key: cannot be read"):
        read_keys(tmp_path / "gone.key")


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o666, True)])
def test_a_file_that_others_can_read_is_warned_about(tmp_path: Path, mode: int, warned: bool):
    ensure_secrets(tmp_path, store_is_empty=True)
    path = secret_file(tmp_path, "identity")
    path.chmod(mode)
    warnings = ensure_secrets(tmp_path, store_is_empty=False).warnings
    assert [str(path) in text and "chmod 600" in text for text in warnings] == ([True] if warned else [])
    assert (permission_warning(path) is not None) == warned


def test_a_place_where_nothing_can_be_made_is_said_plainly(tmp_path: Path):
    (tmp_path / "secrets").write_text("a file stands where the folder should be")
    with pytest.raises(SecretProblem, match="cannot be made"):
        ensure_secrets(tmp_path, store_is_empty=True)


def test_secrets_never_show_themselves(tmp_path: Path):
    made = ensure_secrets(tmp_path, store_is_empty=True)
    assert repr(made) == "Secrets(warnings=())"
