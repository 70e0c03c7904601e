"""The Helm chart: valid with its defaults and each example, and clear about what is wrong."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

helm = pytest.importorskip("helm_python", reason="run make deploy-check")
kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="run make deploy-check")

CHART = Path(__file__).resolve().parents[2] / "deploy/helm/social-organizations"
EXAMPLES = [None, *sorted((CHART / "examples").glob("*.yaml"))]
PROCESSES = {"registry", "router", "metrics", "router-follow", "metrics-follow"}
CUSTOM = {"ServiceMonitor", "PrometheusRule"}
"""Kinds of the Prometheus operator, for which Kubernetes has no schema."""

Manifest = dict[str, Any]


@cache
def _rendered(example: Path | None) -> str:
    values = yaml.safe_load(example.read_text()) if example else {}
    with helm.Chart.load(str(CHART)) as chart:
        return "\n---\n".join(chart.render(values, name="it", namespace="platform").values())


def manifests(example: Path | None = None) -> list[Manifest]:
    """The documents of the chart with an example's values."""
    return copy.deepcopy([doc for doc in yaml.safe_load_all(_rendered(example)) if doc])


def of_kind(documents: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    """Name → document."""
    return {doc["metadata"]["name"]: doc for doc in documents if doc["kind"] in kinds}


def refusal(values: Manifest) -> str:
    """What helm says about values it refuses."""
    with helm.Chart.load(str(CHART)) as chart, pytest.raises(helm.HelmError) as refused:
        chart.render(values, name="it", namespace="platform")
    return str(refused.value)


def test_lint_finds_nothing_wrong() -> None:
    found = helm.lint(str(CHART))
    assert not found["errors"]
    assert [m["error"] for m in found["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem if path else "defaults")
def test_every_manifest_is_valid_kubernetes(example: Path | None) -> None:
    for document in manifests(example):
        if document["kind"] not in CUSTOM:
            kubernetes_validate.validate(document, "1.33", strict=True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"registry": {"databaseSecret": {"name": ""}}},
            'registry.databaseSecret.name is empty: name the Secret whose key "url"',
        ),
        ({"registry": {"keyRingSecret": {"name": ""}}}, "registry.keyRingSecret.name is empty"),
        ({"metrics": {"client": {"secret": {"name": ""}}}}, "metrics.client.secret.name is empty"),
        (
            {"monitoring": {"serviceMonitors": True, "tokenSecret": {"name": ""}}},
            "monitoring.tokenSecret.name is empty",
        ),
        ({"drainSeconds": "five"}, "at '/drainSeconds': got string, want integer"),
        ({"router": {"replicas": 0}}, "at '/router/replicas': minimum: got 0, want 1"),
        ({"registry": {"replica": 2}}, "at '/registry': additional properties 'replica'"),
        ({"registry": {"env": {"PORT": "1"}}}, "at '/registry/env': additional properties 'PORT'"),
        ({"digestAlgorithm": "md5"}, "at '/digestAlgorithm': value must be one of"),
    ],
)
def test_what_is_wrong_with_values_is_said_once_and_where(values: Manifest, said: str) -> None:
    told = refusal(values)
    assert said in told
    assert len([line for line in told.splitlines() if line.strip()]) <= 3


def test_each_process_is_restarted_without_a_gap_and_may_do_little() -> None:
    deployments = of_kind(manifests(), "Deployment")
    assert set(deployments) == {f"it-{process}" for process in PROCESSES}
    for name, document in deployments.items():
        spec = document["spec"]
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        pod = spec["template"]["spec"]
        container = pod["containers"][0]
        grace = {e["name"].partition("_")[2]: e["value"] for e in container["env"]}
        asked = int(grace["DRAIN_SECONDS"]) + int(grace["SHUTDOWN_GRACE_SECONDS"])
        assert pod["terminationGracePeriodSeconds"] > asked
        assert pod["securityContext"]["runAsUser"] == 10001
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert not pod["automountServiceAccountToken"]
        assert container["args"] == ["follow" if name.endswith("-follow") else "serve"]
        assert {"requests", "limits"} == set(container["resources"])


def test_no_secret_is_in_the_manifests() -> None:
    documents = manifests()
    assert not of_kind(documents, "Secret")
    for document in of_kind(documents, "Deployment", "Job").values():
        for entry in document["spec"]["template"]["spec"]["containers"][0]["env"]:
            assert not entry["name"].endswith(("DATABASE_URL", "SECRET", "TOKEN"))


def test_migrations_run_before_an_upgrade() -> None:
    jobs = of_kind(manifests(), "Job")
    assert set(jobs) == {"it-registry-migrate", "it-router-migrate", "it-metrics-migrate"}
    for job in jobs.values():
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"


def _matches(selector: Manifest, labels: Manifest) -> bool:
    return all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items())


def test_each_process_reaches_only_what_it_must() -> None:
    documents = manifests()
    pods = {
        name.removeprefix("it-"): doc["spec"]["template"]["metadata"]["labels"]
        for name, doc in of_kind(documents, "Deployment").items()
    }
    policies = of_kind(documents, "NetworkPolicy").values()

    def allowed(direction: str, other_side: str, pod: Manifest, other: Manifest) -> bool:
        return any(
            _matches(policy["spec"]["podSelector"], pod)
            and any(
                _matches(peer["podSelector"], other)
                for rule in policy["spec"].get(direction, [])
                for peer in rule.get(other_side, [])
                if "podSelector" in peer
            )
            for policy in policies
        )

    reached = {
        (a, b)
        for a in pods
        for b in pods
        if allowed("egress", "to", pods[a], pods[b])
        and allowed("ingress", "from", pods[b], pods[a])
    }
    assert reached == {
        ("registry", "router"),
        ("router-follow", "registry"),
        ("metrics-follow", "registry"),
        ("metrics-follow", "router"),
        ("metrics", "registry"),
        ("metrics", "router"),
    }
    nothing_else = of_kind(documents, "NetworkPolicy")["it-nothing-else"]["spec"]
    assert nothing_else["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(nothing_else)


def test_traces_go_to_the_collector_only_where_one_is_named() -> None:
    def told(example: Path | None) -> tuple[set[str], list[Manifest]]:
        documents = manifests(example)
        settings = {
            env["name"]: env["value"]
            for doc in of_kind(documents, "Deployment").values()
            for env in doc["spec"]["template"]["spec"]["containers"][0]["env"]
        }
        egress = of_kind(documents, "NetworkPolicy")["it-all"]["spec"]["egress"]
        ways = [rule for rule in egress if rule["ports"][0]["port"] == 4318]
        return {v for k, v in settings.items() if k.endswith("_OTLP_ENDPOINT")}, ways

    assert told(None) == (set(), [])
    endpoints, ways = told(CHART / "examples/production.yaml")
    assert endpoints == {"http://collector.observability:4318"}
    assert "namespaceSelector" in ways[0]["to"][0]


def test_the_alert_rules_and_dashboards_come_with_the_chart() -> None:
    documents = manifests(CHART / "examples/production.yaml")
    rules = of_kind(documents, "PrometheusRule")["it"]["spec"]
    assert rules == yaml.safe_load((CHART.parents[1] / "monitoring/alerts.yaml").read_text())
    boards = of_kind(documents, "ConfigMap")
    assert "it-dashboard-operation" in boards
    assert len(of_kind(documents, "ServiceMonitor")) == len(PROCESSES)
