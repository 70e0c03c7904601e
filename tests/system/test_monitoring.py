"""Every metric that an alert or a dashboard asks for is one that the running services have."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from local_runner.platform import Platform
from local_runner.services import REGISTRY
from tests.deploy.queries import metrics_of
from tests.system.clients import client_of, in_step, register

pytestmark = pytest.mark.system

MONITORING = Path(__file__).resolve().parents[2] / "deploy/monitoring"
OF_OTHERS = {"up", "kube_job_status_failed", "probe_ssl_earliest_cert_expiry"}
"""Of Prometheus itself, kube-state-metrics and the blackbox exporter."""


def asked_for() -> dict[str, set[str]]:
    """Where it is asked → metrics."""
    found: dict[str, set[str]] = {}
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
    for rule in rules:
        found[rule["alert"]] = metrics_of(rule["expr"])
    for path in (MONITORING / "grafana/dashboards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", []):
                place = f"{path.stem}: {panel['title']}"
                found.setdefault(place, set()).update(metrics_of(target["expr"]))
    return found


async def test_every_metric_that_is_asked_for_is_exposed(platform: Platform) -> None:
    exposed: set[str] = set()
    async with client_of(platform) as client:
        await register(client, platform.url(REGISTRY))
        await in_step(client, platform)
        for url in platform.ready_urls().values():
            shown = (await client.get(url.replace("/readyz", "/metrics"))).text
            kinds: list[Any] = [line.split() for line in shown.splitlines()]
            exposed |= {words[2] for words in kinds if words[:2] == ["#", "TYPE"]}
    missing = {
        place: sorted(metrics - exposed - OF_OTHERS) for place, metrics in asked_for().items()
    }
    assert not {place: names for place, names in missing.items() if names}
