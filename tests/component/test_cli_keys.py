"""`redress keys init`, the job that runs before services that may not write: it makes what is missing and nothing twice."""

import json
import stat
from pathlib import Path

import pytest

from deploy.cli import run
from shared.platform.http.key_file import hashed, read_keys
from shared.platform.secrets import NAMES


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REDRESS_MASTER_KEY_FILE", str(tmp_path / "vault" / "master.key"))
    monkeypatch.setenv("REDRESS_LANG", "en")
    return tmp_path


def init(capsys: pytest.CaptureFixture[str], home: Path) -> tuple[int, dict[str, str], dict[str, str]]:
    """Exit code, name to state, name to file."""
    files = [f"--operator-key={home / 'operator' / 'api_key'}", f"--service-key={home / 'service' / 'key'}"]
    code = run(["keys", "init", *files, "--json"])
    rows = json.loads(capsys.readouterr().out)["files"]
    return code, {row["name"]: row["state"] for row in rows}, {row["name"]: row["file"] for row in rows}


def test_everything_that_is_missing_is_made_readable_by_its_owner_only(home, capsys):
    code, states, files = init(capsys, home)
    assert code == 0
    assert set(states) == {*NAMES, "operator", "services"}
    assert set(states.values()) == {"made"}
    assert files["master"] == str(home / "vault" / "master.key")
    assert {stat.S_IMODE(Path(file).stat().st_mode) for file in files.values()} == {0o600}


def test_the_second_run_changes_nothing(home, capsys):
    _, _, files = init(capsys, home)
    before = {file: Path(file).read_bytes() for file in files.values()}
    _, states, _ = init(capsys, home)
    assert set(states.values()) == {"kept"}
    assert {file: Path(file).read_bytes() for file in files.values()} == before


def test_the_keys_open_what_their_names_say(home, capsys):
    _, _, files = init(capsys, home)
    scopes = {entry.sha256: set(entry.scopes) for entry in read_keys(home / "home" / "api-keys.json")}
    held = {name: hashed(Path(files[name]).read_text("ascii").strip()) for name in ("operator", "services")}
    assert scopes == {held["operator"]: {"submit", "desk", "vault", "admin"}, held["services"]: {"vault"}}


def test_a_key_that_the_file_of_keys_has_forgotten_is_made_anew(home, capsys):
    init(capsys, home)
    (home / "home" / "api-keys.json").unlink()
    _, states, files = init(capsys, home)
    assert (states["services"], states["dlq"]) == ("made", "kept")
    known = {entry.sha256 for entry in read_keys(home / "home" / "api-keys.json")}
    assert hashed(Path(files["services"]).read_text("ascii").strip()) in known


def test_a_directory_that_cannot_be_written_is_named_and_no_secret_is_shown(home, capsys):
    (home / "operator").write_text("a file where a directory should be")
    assert run(["keys", "init", f"--operator-key={home / 'operator' / 'api_key'}"]) == 1
    said = capsys.readouterr()
    assert str(home / "operator") in said.err
    assert not said.out
