"""The part of metrics: counts, lists, goals and files of the city that the others told of."""

from typing import Any

from tests.contract.story.recorder import Story, Teller
from tests.registry_api.samples import credit_code

ON = "2026-06-30"
INDICATOR = "organizational_coverage"
GOAL: dict[str, Any] = {
    "title": {"zh": "罗湖区2026年组织覆盖率", "en": "Organizational coverage of 罗湖区 in 2026"},
    "indicator": INDICATOR,
    "goal": 0.9,
    "deadline": "2026-12-31",
    "reference": "区委工作要点",
    "filters": {"area": ["440303"]},
}


async def tell(story: Story) -> None:
    """Everything that can be asked of metrics."""
    metrics = story.metrics
    for operation in ("healthz", "readyz", "version", "metrics", "read_freshness"):
        await metrics.tell(operation)
    await metrics.tell("list_indicators")
    await metrics.tell("read_indicator", {"indicator_id": INDICATOR})
    await _counts(metrics)
    await _one(metrics, await _hospital(story))
    await _targets(metrics)
    await _files(metrics)


async def _counts(metrics: Teller) -> None:
    counted = {"indicator": INDICATOR, "valid_on": ON}
    for form in ("json", "csv"):
        await metrics.tell("count_coverage", {**counted, "group_by": ["kind"], "format": form})
        theirs = {"kind": ["private_nonenterprise"], "limit": 2, "count": "exact"}
        listed = {**counted, **theirs, "part": "gap", "format": form}
        await metrics.tell("list_members", listed)
        over = {"indicator": [INDICATOR], "from": "2025-01-01", "to": ON, "period": "quarter"}
        await metrics.tell("count_series", {**over, "format": form})
        between = {"indicator": INDICATOR, "from": "2025-12-31", "to": ON, "format": form}
        await metrics.tell("compare_coverage", {**between, "group_by": ["kind"]})
        changed = {**between, "change": "entered", "limit": 2}
        await metrics.tell("list_changed_organizations", changed)
        due = {"until": "2027-01-01", "valid_on": ON, "format": form}
        await metrics.tell("tell_forecast", due)
        overdue = {"obligation": "form_party_organization", "limit": 2}
        await metrics.tell("list_forecast_members", {**due, **overdue})
    await metrics.tell("draw_bars", {**counted, "group_by": ["kind"], "lang": "zh"})
    await metrics.tell("draw_trend", {**counted, "points": 3, "lang": "zh"})


async def _hospital(story: Story) -> str:
    path = f"/v1/organizations/by-credit-code/{credit_code(1)}"
    return str((await story.registry.client.get(path)).json()["id"])


async def _one(metrics: Teller, organization: str) -> None:
    for form in ("json", "csv"):
        asked = {"organization_id": organization, "valid_on": ON, "format": form}
        await metrics.tell("read_standing", asked)


async def _targets(metrics: Teller) -> None:
    for form in ("json", "csv"):
        await metrics.tell("list_targets", {"valid_on": ON, "format": form})
    created = await metrics.tell("create_target", {"idempotency-key": "target-2026"}, body=GOAL)
    this = {"target_id": created.json()["id"]}
    await metrics.tell("read_target", this)
    tag = {"if-match": created.headers["etag"]}
    changed = await metrics.tell("replace_target", {**this, **tag}, body={**GOAL, "goal": 0.95})
    await metrics.tell("remove_target", {**this, "if-match": changed.headers["etag"]})


async def _files(metrics: Teller) -> None:
    gap = f"indicator={INDICATOR}&part=gap&kind=private_nonenterprise&valid_on={ON}"
    order = {"request": f"/v1/coverage/members?{gap}", "format": "csv", "language": "zh"}
    started = await metrics.tell("start_export", {"idempotency-key": "export-1"}, body=order)
    job = {"job_id": started.json()["id"]}
    await metrics.tell("read_job", job, until=_succeeded)
    await metrics.tell("download_job_file", job)
    pack = {"period": {"from": "2025-07-01", "until": ON}, "area": "440303"}
    await metrics.tell("start_report_pack", {"idempotency-key": "pack-1"}, body=pack)


def _succeeded(job: dict[str, Any]) -> bool:
    return bool(job["state"] == "succeeded")
