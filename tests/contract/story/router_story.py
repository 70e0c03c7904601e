"""The router's part: decisions, a dispute that a designation settles, rules on their way."""

from importlib.resources import files
from typing import Any

import yaml
from tests.contract.story.recorder import Story, Teller
from tests.registry_api.samples import credit_code, hospital

ON = "2018-06-14"
STREET = "440303001-street_work_committee"
HEALTH = "440303-district_health_committee"
YAML = "application/yaml"
LATER = {"rule_set_id": "shenzhen-2018"}
NOW = {"rule_set_id": "shenzhen-2016"}


async def tell(story: Story) -> None:
    """Everything that can be asked of the router."""
    router = story.router
    for operation in ("healthz", "readyz", "version", "metrics", "get_feed_status"):
        await router.tell(operation)
    clinic = await _clinic(story)
    await _directory(router)
    await _assignments(router, clinic)
    await _overrides(router, clinic)
    await _restructuring(router)
    await _rule_sets(router)


async def _clinic(story: Story) -> str:
    path = f"/v1/organizations/by-credit-code/{credit_code(7)}"
    found = await story.registry.client.get(path)
    return str(found.json()["id"])


async def _directory(router: Teller) -> None:
    committee = {
        "id": "440303-joint_committee", "kind": "joint_committee", "name": "罗湖区社会组织联合党委",
        "area_code": "440303", "system": None, "valid_from": "2017-01-01", "valid_until": None,
        "successor": None,
    }  # fmt: skip
    body = {"reason": "罗组函〔2017〕3号", "areas": [], "bodies": [committee]}
    loaded = await router.tell("import_directory", {"idempotency-key": "import-1"}, body=body)
    this = {"import_id": loaded.json()["id"]}
    await router.tell("list_directory_import_items", {**this, "limit": 2})
    tag = {"if-match": loaded.headers["etag"]}
    compared = await router.tell("compare_directory_import", {**this, **tag})
    tag = {"if-match": compared.headers["etag"]}
    await router.tell("activate_directory_import", {**this, **tag})
    await router.tell("get_directory_import", this)
    template = await router.tell("download_directory_template", {"language": "zh"})
    table = template.text.removeprefix("\ufeff").replace("大塘街道", "大塘龙街道")
    loaded = await router.tell("import_directory", body=table, media_type="text/csv")
    this = {"import_id": loaded.json()["id"]}
    await router.tell("list_directory_import_items", {**this, "format": "csv", "language": "en"})
    tag = {"if-match": loaded.headers["etag"]}
    await router.tell("withdraw_directory_import", {**this, **tag})
    await router.tell("export_directory", {"format": "csv"})
    await router.tell("list_directory_imports", {"state": ["withdrawn"], "limit": 2})
    page = {"valid_on": ON, "limit": 2, "count": "exact"}
    await router.tell("list_areas", {"parent": ["440303"], **page})
    await router.tell("get_area", {"code": "440303001", "valid_on": ON})
    await router.tell("get_area_on_day", {"code": "440303001", "valid_on": ON})
    await router.tell("list_bodies", {"kind": ["street_work_committee"], **page})
    await router.tell("get_body", {"body_id": STREET, "valid_on": ON})
    read = await router.client.get(f"/v1/bodies/{committee['id']}")
    sent = {"body_id": committee["id"], "reason": "规范名称", "if-match": read.headers["etag"]}
    await router.tell("put_body", sent, body={**committee, "name": "罗湖区社会组织联合党委（筹）"})
    read = await router.client.get("/v1/areas/440303001")
    area = {
        "code": "440303001", "name": "桂园街道", "level": "street", "parent": "440303",
        "valid_from": read.json()["valid_from"],
        "codes": [{"system": "bureau", "code": "LH-GY", "valid_from": "2016-01-01"}],
    }  # fmt: skip
    sent = {"code": "440303001", "reason": "登记本局代码", "if-match": read.headers["etag"]}
    await router.tell("put_area", sent, body=area)


async def _assignments(router: Teller, clinic: str) -> None:
    await router.tell("get_assignment", {"organization_id": clinic, "valid_on": ON})
    here = {"area": ["440303"], "valid_on": ON}
    page = {**here, "rule": ["private-clinic"], "limit": 2, "count": "exact"}
    await router.tell("find_assignments", page)
    await router.tell("summarize_assignments", here)
    await router.tell("get_assignment_history", {"organization_id": clinic})
    for form in ("csv", "ndjson"):
        asked = {**here, "rule": ["private-clinic"], "format": form}
        await router.tell("export_assignments", asked)
    await router.tell("get_rule_health", here)
    asked = hospital(9, institution_type="private_hospital")
    names = (
        "kind", "institution_type", "registration", "business_supervisor", "licence_issuer",
        "domicile",
    )  # fmt: skip
    facts: dict[str, Any] = {name: asked[name] for name in names} | {"affiliation": None}
    await router.tell("decide", body={"organization": facts, "valid_on": ON})
    of_a_clinic = {**facts, "institution_type": "private_clinic"}
    batch = {"organizations": [facts, of_a_clinic], "valid_on": ON}
    await router.tell("decide_many", body=batch)
    await router.tell("list_changes", {"after": 0, "limit": 1})


async def _overrides(router: Teller, clinic: str) -> None:
    this = {"organization_id": clinic}
    held = await router.client.get(f"/v1/assignments/{clinic}")
    dispute = {**this, "body_id": held.json()["supervising"]["id"], "reason": "该诊所党员均在街道"}
    opened = await router.tell("open_dispute", {"idempotency-key": "dispute-1"}, body=dispute)
    disputed = {"dispute_id": opened.json()["id"]}
    await router.tell("list_disputes", {"state": "open", "limit": 2})
    await router.tell("get_dispute", disputed)
    tag = {"if-match": opened.headers["etag"]}
    await router.tell("withdraw_dispute", {**disputed, **tag}, body={"reason": "已协商一致"})
    designation = {
        "body_id": STREET, "valid_from": "2018-01-01", "valid_until": "2027-01-01",
        "authority": "罗湖区委组织部", "reference": "罗组函〔2018〕1号",
        "approver": "区委组织部部务会",
        "clause": {"source": "罗组函〔2018〕1号", "article": "第二条", "text": None},
        "reason": "街道党工委已派驻党建组织员",
    }  # fmt: skip
    read = await router.client.get(f"/v1/assignments/{clinic}")
    sent = {**this, "if-match": read.headers["etag"], "idempotency-key": "designation-1"}
    made = await router.tell("designate_body", sent, body=designation, approving=True)
    override = {"override_id": made.json()["id"]}
    await router.tell("list_overrides", {"body_id": [STREET], "limit": 2})
    await router.tell("get_override", override)
    sooner = {"valid_until": "2026-07-01", "reason": "提前结束"}
    tag = {"if-match": made.headers["etag"]}
    await router.tell("change_override", {**override, **tag}, body=sooner, approving=True)


async def _restructuring(router: Teller) -> None:
    change = {"op": "rename_body", "id": HEALTH, "name": "罗湖区委卫生健康工委"}
    request = {
        "title": "区卫生系统党委更名", "effective_on": "2019-03-01", "reference": "罗发〔2019〕2号",
        "reason": "机构改革", "changes": [change],
    }  # fmt: skip
    sent = {"idempotency-key": "restructuring-2019"}
    draft = await router.tell("draft_restructuring", sent, body=request)
    this = {"restructuring_id": draft.json()["id"]}
    await router.tell("list_restructurings", {"limit": 2})
    await router.tell("get_restructuring", this)
    tag = {"if-match": draft.headers["etag"]}
    compared = await router.tell("compare_restructuring", {**this, **tag})
    read = {"impact_id": compared.json()["impact"]}
    impact = await router.tell("get_impact", read, until=_succeeded)
    tag = {"if-match": compared.headers["etag"]}
    digest = {"digest": impact.json()["result"]["digest"]}
    await router.tell("apply_restructuring", {**this, **tag}, body=digest, approving=True)


async def _rule_sets(router: Teller) -> None:
    draft = _later_rules()
    await router.tell("draft_rule_set", body=draft, media_type=YAML)
    await router.tell("draft_rule_set", body=draft, media_type=YAML)  # there already: 200
    draft = draft.replace("2016）", "2018）")
    tag = await _tag(router)
    await router.tell("rewrite_rule_set", {**LATER, **tag}, body=draft, media_type=YAML)
    await router.tell("list_rule_sets")
    await router.tell("get_rule_set", LATER)
    await router.tell("compare_rule_sets", {**LATER, "against": NOW["rule_set_id"]})
    await router.tell("run_rule_set_tests", LATER)
    await router.tell("prove_rule_set", LATER)
    await router.tell("get_rule_set_proof", LATER)
    plan = {"action": "activate", "from": "2027-01-01"}
    sent = {**LATER, "idempotency-key": "impact-2018"}
    started = await router.tell("compute_rule_set_impact", sent, body=plan)
    impact = {"impact_id": started.json()["id"]}
    done = await router.tell("get_impact", impact, until=_succeeded)
    await router.tell("list_impact_moves", {**impact, "limit": 2})
    await router.tell("list_impact_moves", {**impact, "format": "csv"})
    approval = {"impact": impact["impact_id"], "digest": done.json()["result"]["digest"]}
    tag = await _tag(router)
    await router.tell("approve_rule_set", {**LATER, **tag}, body=approval, approving=True)
    tag = await _tag(router)
    withdrawal = {"reason": "待上级文件下发后再定"}
    await router.tell(
        "withdraw_rule_set_approval", {**LATER, **tag}, body=withdrawal, approving=True
    )
    await router.tell("get_job", {"job_id": impact["impact_id"]})


def _later_rules() -> str:
    """The rules in force, but clinics are the city's like hospitals."""
    text = (files("jurisdiction_router") / "policy" / "shenzhen-2016.yaml").read_text("utf-8")
    rules = yaml.safe_load(text)
    rules["id"] = LATER["rule_set_id"]
    for rule in rules["rules"]:
        if rule["id"] == "private-clinic":
            rule["supervising"] = [{"body": "city_health_work_committee", "at": "city"}]
    rules["tests"] = [
        test for test in rules["tests"] if test["expect"].get("rule") != "private-clinic"
    ]
    return str(yaml.safe_dump(rules, allow_unicode=True, sort_keys=False))


async def _tag(router: Teller) -> dict[str, str]:
    read = await router.client.get(f"/v1/rule-sets/{LATER['rule_set_id']}")
    return {"if-match": f'"{read.json()["revision"]}"'}


def _succeeded(job: dict[str, Any]) -> bool:
    return bool(job["state"] == "succeeded")
