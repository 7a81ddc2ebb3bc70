"""The picture in Grafana shows metrics that exist, all of them, and is found where it is provisioned."""

import json
import re

from tests.deployment.test_alerts import samples
from tests.deployment.test_compose import CONTAINERS, mounts_of
from tests.deployment.tools import ROOT, yaml_of

GRAFANA = ROOT / "deploy" / "grafana"
BOARD = json.loads((GRAFANA / "dashboards" / "redress.json").read_text("utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """What the dashboard asks Prometheus, with Grafana's variable filled in."""
    return [target["expr"].replace("$__rate_interval", "1m") for panel in PANELS for target in panel["targets"]]


def test_every_metric_of_the_list_is_shown_and_no_other():
    named = {name for expression in expressions() for name in re.findall(r"\bredress_\w+", expression)}
    assert named <= samples()
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in samples()}
    assert families - {re.sub(r"_bucket$", "", name) for name in named} == set()


def test_every_panel_says_what_it_shows_and_none_covers_another():
    assert all(panel["title"] and panel["description"] for panel in PANELS)
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_grafana_finds_prometheus_and_the_dashboard():
    source = yaml_of(GRAFANA / "provisioning" / "datasources" / "prometheus.yml")["datasources"][0]
    assert source["url"] == "http://prometheus:9090"
    assert {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]} == {source["uid"]}
    provider = yaml_of(GRAFANA / "provisioning" / "dashboards" / "redress.yml")["providers"][0]
    assert mounts_of("grafana")[provider["options"]["path"]] == ("./deploy/grafana/dashboards", False)
    home = CONTAINERS["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{provider['options']['path']}/redress.json"
