"""Prometheus as it is shipped: it finds every service, its alerts fire when they should, and each has a page that helps."""

import re

import pytest

from deploy.cli import VERBS
from shared.contracts.topics import SERVICES
from shared.platform import metrics
from shared.platform.settings import Settings
from tests.deployment.tools import ROOT, program, run, yaml_of

PLACE = ROOT / "deploy" / "prometheus"
RUNBOOKS = ROOT / "docs" / "runbooks"
RULES = [rule for group in yaml_of(PLACE / "alerts.yml")["groups"] for rule in group["rules"]]
NAMES = [rule["alert"] for rule in RULES]
TESTS = ROOT / "tests" / "deployment" / "alerts.test.yml"


def samples() -> set[str]:
    """The names of all series that the metrics of the list can have."""
    kinds = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",), "gauge": ("",)}
    return {family.name + end for family in metrics.REGISTRY.collect() for end in kinds[family.type]}


def test_prometheus_accepts_configuration_and_rules():
    for check in (("config", PLACE / "prometheus.yml"), ("rules", PLACE / "alerts.yml")):
        done = run(program("promtool"), "check", *check)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "SUCCESS" in done.stdout
        assert "warn" not in (done.stdout + done.stderr).lower()


def test_every_alert_fires_when_it_should_and_not_beside_it():
    done = run(program("promtool"), "test", "rules", TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case_in_which_it_fires_and_all_are_silent_in_one():
    cases = yaml_of(TESTS)["tests"]
    fired = {case["alertname"] for test in cases for case in test.get("alert_rule_test", ()) if case["exp_alerts"]}
    assert fired == set(NAMES)
    silent = next(test for test in cases if test["name"] == "all is well")
    fed = {re.match(r"\w+", series["series"])[0] for series in silent["input_series"]}
    assert {name for rule in RULES for name in re.findall(r"\bredress_\w+|\bup\b", rule["expr"])} == fed


def test_every_service_is_scraped_at_the_port_where_it_answers():
    jobs = {job["job_name"]: job for job in yaml_of(PLACE / "prometheus.yml")["scrape_configs"]}
    assert set(jobs) == {*SERVICES, "prometheus"}
    for service in SERVICES:
        found = jobs[service]["dns_sd_configs"][0]
        assert (found["names"], found["type"]) == ([service], "A")
        assert found["port"] == Settings.model_fields[f"{service}_port"].default
        assert jobs[service].get("metrics_path", "/metrics") == "/metrics"


def test_every_metric_that_an_alert_looks_at_is_in_the_list():
    named = {name for rule in RULES for name in re.findall(r"\bredress_\w+", rule["expr"])}
    assert len(named) > 10
    assert named <= samples()


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_every_alert_says_what_is_wrong_and_links_to_a_page_of_its_own(rule):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{rule['alert']}.md"
    page = (ROOT / rule["annotations"]["runbook_url"]).read_text("utf-8")
    assert re.findall(r"^#+ (.*)$", page, re.MULTILINE) == [rule["alert"], "Look", "Do"]
    assert f"| [{rule['alert']}]({rule['alert']}.md) | {rule['labels']['severity']} |" in (RUNBOOKS / "README.md").read_text()


def test_no_page_is_left_of_an_alert_that_is_gone():
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == {*NAMES, "README"}


def test_every_metric_that_a_page_names_is_in_the_list():
    for page in RUNBOOKS.glob("*.md"):
        text = page.read_text("utf-8")
        assert set(re.findall(r"\bredress_[a-z_]+", text)) <= samples() | {name.removesuffix("_bucket") for name in samples()}
        assert set(re.findall(r"`redress (\w+)", text)) <= set(VERBS), page.name
