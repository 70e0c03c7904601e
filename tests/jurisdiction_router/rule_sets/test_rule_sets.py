"""A rule set is drafted, read, compared and tested; mistakes name line, rule and field."""

import httpx
import orjson
import pytest

from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.policy import read_packaged
from servicekit.testing import TestKeys

TEXT = read_packaged("shenzhen-2016.yaml")
PATH = "/v1/rule-sets/shenzhen-2016"


async def test_yaml_and_json_are_taken_and_the_same_content_changes_nothing(
    router: httpx.AsyncClient,
) -> None:
    first = await router.post("/v1/rule-sets", content=TEXT)
    assert first.status_code == 201
    assert first.headers["location"] == PATH
    assert (first.json()["stage"], first.json()["authors"]) == ("draft", ["tester"])
    second = await router.post("/v1/rule-sets", content=orjson.dumps(read_text(TEXT).value))
    assert second.status_code == 200
    assert second.json() == first.json()
    events = (await router.get("/v1/changes")).json()["events"]
    assert [event["type"] for event in events] == ["rule_set.drafted"]
    assert events[0]["data"]["timeline"] == []
    listed = (await router.get("/v1/rule-sets")).json()["items"]
    assert listed == [first.json()]
    content = (await router.get(PATH)).json()["content"]
    assert content == read_text(TEXT).value


@pytest.mark.parametrize(
    ("before", "after", "broken", "rule_id"),
    [
        ('row: "6"', "row: 6", "rule_set_text_expected", "private-hospital"),
        (
            "    over: [training-institution]",
            "    over: [training-institution, vocational-training]",
            "rule_set_over_cycle",
            None,
        ),
        (
            "when: {institution_type: private_hospital}",
            "when: {institution_kind: private_hospital}",
            "rule_set_unknown_attribute",
            "private-hospital",
        ),
        (
            "when: {institution_type: private_hospital}",
            "when: {institution_type: public_hospital}",
            "rule_set_outside_domain",
            "private-hospital",
        ),
        (
            "- {body: city_health_work_committee, at: city}",
            "- {body: city_hospital_committee, at: city}",
            "rule_set_not_allowed",
            "private-hospital",
        ),
        (
            "- {body: city_health_work_committee, at: city}",
            "- {body: city_health_work_committee, at: moon}",
            "rule_set_not_allowed",
            "private-hospital",
        ),
    ],
)
async def test_what_is_wrong_is_refused_with_line_rule_and_field(
    router: httpx.AsyncClient, before: str, after: str, broken: str, rule_id: str | None
) -> None:
    assert TEXT.count(before) == 1
    text = TEXT.replace(before, after)
    english = {"accept-language": "en"}
    answer = await router.post("/v1/rule-sets", content=text, headers=english)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("rule-set-invalid")
    (error,) = [e for e in answer.json()["errors"] if e["rule"] == broken]
    assert error["pointer"].startswith("/rules")
    line = text[: text.index(after)].count("\n") + 1
    if rule_id:
        assert error["detail"].startswith(f"Line {line}, rule {rule_id}: ")
    assert "{" not in error["detail"]
    assert (await router.get("/v1/changes")).json()["head"] == 0
    assert (await router.get("/v1/rule-sets")).json() == {"items": []}


@pytest.mark.parametrize("content", [b"id: [", b"", b"\xff\xfe\x00", b"id: \x00", b"*a", b"9" * 99])
async def test_what_is_no_file_is_refused(router: httpx.AsyncClient, content: bytes) -> None:
    answer = await router.post("/v1/rule-sets", content=content)
    assert answer.status_code in (400, 422)
    assert (await router.get("/v1/changes")).json()["head"] == 0


async def test_other_content_under_a_known_id_is_refused(router: httpx.AsyncClient) -> None:
    await router.post("/v1/rule-sets", content=TEXT)
    answer = await router.post("/v1/rule-sets", content=TEXT.replace("托底）", "兜底）"))
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("rule-set-exists")


async def test_a_draft_is_rewritten_by_who_has_read_it(
    router: httpx.AsyncClient, keys: TestKeys
) -> None:
    first = await router.post("/v1/rule-sets", content=TEXT)
    other = TEXT.replace("托底）", "兜底）")
    assert (await router.put(PATH, content=other)).status_code == 428
    stale = await router.put(PATH, content=other, headers={"if-match": '"7"'})
    assert stale.status_code == 412
    tag = {"if-match": first.headers["etag"]}
    wrong = await router.put(PATH, content=other.replace("id: shenzhen-2016", "id: x"), headers=tag)
    assert wrong.json()["errors"][0]["rule"] == "rule_set_other_id"
    done = await router.put(PATH, content=other, headers={**tag, **keys.headers(client="second")})
    assert done.status_code == 200
    assert done.json()["authors"] == ["second", "tester"]
    assert done.headers["etag"] == '"2"'
    assert done.json()["digest"] != first.json()["digest"]


async def test_a_hole_is_shown_with_its_facts_and_keeps_the_draft_a_draft(
    router: httpx.AsyncClient,
) -> None:
    text = TEXT.replace("    over: [training-institution]\n", "")
    await router.post("/v1/rule-sets", content=text)
    proof = await router.post(f"{PATH}/proof")
    assert proof.status_code == 200
    assert proof.json()["proved"] is False
    (example,) = [e for e in proof.json()["counterexamples"] if e["kind"] == "conflict"]
    assert example["rules"] == ["training-institution", "vocational-training"]
    assert example["facts"]["licence_issuer"] == ["human_resources"]
    assert (await router.get(f"{PATH}/proof")).json() == proof.json()
    assert (await router.get(PATH)).json()["stage"] == "draft"
    impact = await router.post(f"{PATH}/impact", json={})
    assert (impact.status_code, impact.json()["type"].rpartition("/")[2]) == (
        409, "rule-set-not-proved",
    )  # fmt: skip


async def test_a_failing_test_keeps_the_draft_a_draft(router: httpx.AsyncClient) -> None:
    text = TEXT.replace("supervising: city_health_work_committee@city", "supervising: x@city")
    await router.post("/v1/rule-sets", content=text)
    proof = (await router.post(f"{PATH}/proof")).json()
    assert proof["proved"] is False
    assert [test["name"] for test in proof["tests_failed"]] == ["row 6, a private hospital"]
    run = (await router.get(f"{PATH}/tests")).json()
    assert (run["passed"], run["failed"]) == (len(run["results"]) - 1, 1)
    assert [each["rule"] for each in run["coverage"] if not each["tests"]] == ["private-hospital"]


async def test_two_versions_are_compared_rule_by_rule(router: httpx.AsyncClient) -> None:
    await router.post("/v1/rule-sets", content=TEXT)
    later = (
        TEXT.replace("id: shenzhen-2016", "id: shenzhen-2018")
        .replace("title: {zh: 民办医院, en: Private hospitals}", "title: {zh: 医院, en: Hospitals}")
        .replace('name: "row 6, a private hospital"', 'name: "row 6"')
    )
    await router.post("/v1/rule-sets", content=later)
    found = await router.get(
        "/v1/rule-sets/shenzhen-2018/difference", params={"against": "shenzhen-2016"}
    )
    difference = found.json()
    assert [each["field"] for each in difference["fields"]] == ["id"]
    (changed,) = difference["rules"]["changed"]
    assert changed["key"] == "private-hospital"
    assert [f["field"] for f in changed["fields"]] == ["title"]
    assert [t["name"] for t in difference["tests"]["added"]] == ["row 6"]
    assert [t["name"] for t in difference["tests"]["removed"]] == ["row 6, a private hospital"]
    same = await router.get(f"{PATH}/difference", params={"against": "shenzhen-2016"})
    assert same.json()["rules"] == {"added": [], "removed": [], "changed": []}


async def test_who_may_write_only_elsewhere_may_not_write_here(
    router: httpx.AsyncClient, keys: TestKeys
) -> None:
    elsewhere = keys.headers(areas=["440100"])
    refused = await router.post("/v1/rule-sets", content=TEXT, headers=elsewhere)
    assert refused.status_code == 403
    await router.post("/v1/rule-sets", content=TEXT)
    assert (await router.get("/v1/rule-sets", headers=elsewhere)).json() == {"items": []}
    for path in (PATH, f"{PATH}/tests", f"{PATH}/proof", f"{PATH}/difference?against=x"):
        assert (await router.get(path, headers=elsewhere)).status_code == 404
    inside = keys.headers(areas=["440303"])
    assert (await router.get(PATH, headers=inside)).status_code == 200
    for action in ("proof", "impact", "withdrawal", "approval"):
        body = {"impact": "0198c0de-0000-7000-8000-000000000001", "digest": "0" * 64}
        answer = await router.post(
            f"{PATH}/{action}",
            json=body if action == "approval" else {},
            headers={**inside, "if-match": "*"},
        )
        assert answer.status_code == 403, action
    reader = keys.headers("router:read")
    assert (await router.post(f"{PATH}/proof", headers=reader)).status_code == 403
