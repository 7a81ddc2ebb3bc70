"""Settings: read from everywhere, checked together, explained."""

import os
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from shared.platform.settings import Settings, SettingsError, check_run, describe, env_example, load_settings, unknown_variables
from shared.platform.settings.rules import is_loopback

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("REDRESS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refusals(**given: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(**given)
    return caught.value.problems


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert (settings.kafka, settings.store, settings.home) == (None, None, Path(".redress"))
    assert settings.api_keys_path == Path(".redress/api-keys.json")
    assert settings.mail_path == Path(".redress/mail")
    assert [settings.port_of(s) for s in ("intake", "triage", "escalation", "followup")] == [8081, 8082, 8083, 8084]
    check_run(settings)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().host = "localhost"  # type: ignore[misc]


def test_arguments_win_over_the_environment_and_that_over_a_file_of_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("REDRESS_HOST=10.0.0.1\nREDRESS_LOG_LEVEL=debug\nREDRESS_INTAKE_PORT=1\n")
    monkeypatch.setenv("REDRESS_HOST", "10.0.0.2")
    monkeypatch.setenv("REDRESS_INTAKE_PORT", "2")
    settings = load_settings(intake_port=3)
    assert (settings.log_level, settings.host, settings.intake_port) == ("debug", "10.0.0.2", 3)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_KAFKA", "")
    assert load_settings().kafka is None


def test_a_list_is_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_SMTP_ALLOWED_RECIPIENTS", "a@example.com, b@example.com,")
    assert load_settings().smtp_allowed_recipients == ("a@example.com", "b@example.com")


def test_a_secret_may_lie_in_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("top-secret\n")
    monkeypatch.setenv("REDRESS_SERVICE_KEY_FILE", str(tmp_path / "key"))
    assert load_settings().service_key == SecretStr("top-secret")


def test_a_directory_of_secrets_is_read_and_the_environment_wins_over_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "redress_service_key").write_text("from-directory")
    (tmp_path / "REDRESS_STORE").write_text("mongodb://db:27017\n")
    (tmp_path / "other").write_text("x")
    monkeypatch.setenv("REDRESS_SECRETS_DIR", str(tmp_path))
    assert load_settings().service_key == SecretStr("from-directory")
    assert load_settings().store == "mongodb://db:27017"
    monkeypatch.setenv("REDRESS_SERVICE_KEY", "from-environment")
    assert load_settings().service_key == SecretStr("from-environment")


def test_a_directory_of_secrets_that_is_not_there_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REDRESS_SECRETS_DIR", str(tmp_path / "none"))
    assert load_settings().service_key is None


def test_a_value_and_its_file_at_once_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a")
    monkeypatch.setenv("REDRESS_SERVICE_KEY", "b")
    monkeypatch.setenv("REDRESS_SERVICE_KEY_FILE", str(tmp_path / "key"))
    assert refusals() == ["REDRESS_SERVICE_KEY and REDRESS_SERVICE_KEY_FILE are both set: unset one of them"]


def test_a_file_of_a_secret_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_SMTP_PASSWORD_FILE", "/nowhere")
    assert refusals()[0].startswith("REDRESS_SMTP_PASSWORD_FILE: the file cannot be read (FileNotFoundError)")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("KAFKA", "kafka://broker:9092", "without kafka://"),
        ("KAFKA", "broker", "host:port"),
        ("KAFKA", "a:9092,b:99999", "host:port"),
        ("STORE", "postgres://x/y", "mongodb://"),
        ("STORE", "sqlite://data", "three slashes"),
        ("STORE", "sqlite:///", "sqlite:///DIRECTORY"),
        ("INTAKE_PORT", "tcp://10.0.0.1:8080", "enableServiceLinks"),
        ("INTAKE_PORT", "70000", "less than or equal to 65535"),
        ("PUBLIC_URL", "complaints.example.com", "https://"),
        ("LOG_LEVEL", "loud", "'debug', 'info'"),
        ("SIMULATED_START", "2026-01-01T00:00:00", "timezone"),
        ("MAX_BODY_BYTES", "2000000", "less than or equal to 1000000"),
        ("SMTP_SENDER", "nobody", "match"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(f"REDRESS_{name}", value)
    (problem,) = refusals()
    assert problem.startswith(f"REDRESS_{name}: ")
    assert remedy in problem


def test_all_wrong_values_are_told_at_once() -> None:
    assert len(refusals(intake_port=-1, log_level="loud", kafka="x")) == 3


def test_a_wrong_value_is_never_quoted() -> None:
    assert "hunter2" not in str(refusals(store="postgres://root:hunter2@db"))


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"kafka": "broker:9092"}, True),
        ({"kafka": "broker:9092", "kafka_allow_plaintext": True}, False),
        ({"kafka": "127.0.0.1:9092,localhost:9093,[::1]:9094"}, False),
        ({"kafka": "127.0.0.1:9092,broker:9092"}, True),
        ({"kafka": "broker:9092", "kafka_security": "ssl"}, False),
        ({"kafka": "broker:9092", "kafka_security": "sasl_plaintext", "kafka_username": "u", "kafka_password": "p"}, True),
        ({"kafka": "broker:9092", "environment": "development"}, False),
        ({}, False),
    ],
)
def test_unencrypted_kafka_is_refused_in_production_unless_local_or_allowed(given: dict[str, Any], refused: bool) -> None:
    given = {"environment": "production"} | given
    if refused:
        assert "REDRESS_KAFKA_ALLOW_PLAINTEXT=true" in refusals(**given)[0]
    else:
        load_settings(**given)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kafka_security": "sasl_ssl", "kafka_username": "u"}, "REDRESS_KAFKA_PASSWORD"),
        ({"smtp_host": "mail"}, "REDRESS_SMTP_SENDER"),
        ({"smtp_username": "u"}, "REDRESS_SMTP_PASSWORD"),
        (
            {"smtp_host": "mail", "smtp_sender": "a@b.c", "smtp_username": "u", "smtp_password": "p", "smtp_tls": "none"},
            "REDRESS_SMTP_TLS=none",
        ),
        ({"environment": "production", "clock": "simulated"}, "REDRESS_CLOCK=simulated"),
        ({"simulated_start": "2026-01-01T00:00:00Z"}, "REDRESS_CLOCK=simulated"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(given: dict[str, Any], named: str) -> None:
    (problem,) = refusals(**given)
    assert named in problem


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
    ],
)
def test_only_this_machine_counts_as_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_a_service_of_its_own_needs_a_real_kafka() -> None:
    with pytest.raises(SettingsError, match="REDRESS_KAFKA is not set"):
        check_run(load_settings(), "intake")
    check_run(load_settings(kafka="localhost:9092"), "intake")


@pytest.mark.parametrize("service", ["escalation", "followup"])
def test_a_service_of_its_own_that_seals_needs_to_reach_the_vault(service: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_run(load_settings(kafka="localhost:9092"), service)
    assert [problem.split(" ")[0] for problem in caught.value.problems] == ["REDRESS_INTAKE_URL", "REDRESS_SERVICE_KEY"]
    check_run(load_settings(kafka="localhost:9092", intake_url="http://intake:8081/", service_key="k"), service)


def test_an_unknown_service_is_told_which_there_are() -> None:
    with pytest.raises(SettingsError, match="intake, triage, escalation, followup"):
        check_run(load_settings(), "intak")


@pytest.mark.parametrize(("store", "works"), [("mongodb://db:27017", False), ("sqlite:///data", True), (None, True)])
def test_the_embedded_broker_needs_sqlite(store: str | None, works: bool) -> None:
    settings = load_settings(store=store)
    if works:
        check_run(settings)
    else:
        with pytest.raises(SettingsError, match="embedded broker needs SQLite"):
            check_run(settings)
    check_run(load_settings(store=store, kafka="localhost:9092"))


@pytest.mark.parametrize(
    ("store", "directory"),
    [
        (None, Path(".redress")),
        ("sqlite:///data", Path("data")),
        ("sqlite:////var/data", Path("/var/data")),
        ("mongodb://db", None),
    ],
)
def test_the_directory_of_the_sqlite_files(store: str | None, directory: Path | None) -> None:
    assert load_settings(store=store).sqlite_dir == directory


def test_a_misspelt_variable_is_told_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REDRESS_KAFAK", "x:1")
    monkeypatch.setenv("REDRESS_SERVICE_KEY_FILE", "x")
    monkeypatch.setenv("REDRESS_TEST_MONGO", "x")
    (tmp_path / ".env").write_text("REDRESS_ZZZZZZZZZ=1\nREDRESS_HOME=x\n")
    assert unknown_variables() == [
        "REDRESS_KAFAK is not a setting; did you mean REDRESS_KAFKA?",
        "REDRESS_ZZZZZZZZZ is not a setting; see .env.example for all of them",
    ]


def test_what_is_shown_holds_no_secret() -> None:
    settings = load_settings(
        store="mongodb://root:hun@ter2@db:27017/?tlsCertificateKeyFilePassword=hunter3&w=1",
        service_key="hunter4",
        smtp_username="u",
        smtp_password="hunter5",
    )
    shown = describe(settings)
    assert not any(secret in text for secret in ("hun@", "ter2", "hunter") for text in [str(shown), repr(settings)])
    assert shown["REDRESS_STORE"] == "mongodb://********@db:27017/?tlsCertificateKeyFilePassword=********&w=1"
    assert shown["REDRESS_SERVICE_KEY"] == "********"
    assert shown["REDRESS_KAFKA_PASSWORD"] == ""
    assert shown["REDRESS_INTAKE_PORT"] == "8081"


def test_every_setting_says_what_it_is_and_why_one_would_change_it() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict)
        assert field.json_schema_extra["why"], name


def test_the_example_in_the_repository_is_in_step() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), "write it again: see env_example()"


def test_the_example_with_everything_uncommented_gives_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "all.env"
    path.write_text("\n".join(line.removeprefix("#") for line in env_example().splitlines() if line.startswith("#REDRESS_")))
    assert len(dotenv_values(path)) == len(Settings.model_fields)
    assert load_settings(env_file=path) == load_settings()
