"""A rule set goes live only when it is whole, proved and tested; then it never changes."""

import httpx
import orjson
import pytest

from jurisdiction_router.domain.rule_set_text import read_text
from jurisdiction_router.rule_sets import read_packaged

TEXT = read_packaged("shenzhen-2016.yaml")


async def test_yaml_and_json_are_taken_and_the_same_content_changes_nothing(
    router: httpx.AsyncClient,
) -> None:
    first = await router.post("/v1/rule-sets", content=TEXT)
    assert first.status_code == 201
    assert first.headers["location"] == "/v1/rule-sets/shenzhen-2016"
    second = await router.post("/v1/rule-sets", content=orjson.dumps(read_text(TEXT).value))
    assert second.status_code == 200
    assert second.json()["digest"] == first.json()["digest"]
    events = (await router.get("/v1/changes")).json()["events"]
    assert [event["type"] for event in events] == ["rule_set.activated"]
    listed = (await router.get("/v1/rule-sets")).json()["items"]
    assert [item["id"] for item in listed] == ["shenzhen-2016"]
    content = (await router.get("/v1/rule-sets/shenzhen-2016")).json()["content"]
    assert content == read_text(TEXT).value


@pytest.mark.parametrize(
    ("before", "after", "status", "problem"),
    [
        ("id: shenzhen-2016", "id: [", 422, "rule-set-unreadable"),
        ('row: "6"', "row: 6", 422, "rule-set-invalid"),
        ("    over: [training-institution]\n", "", 422, "rule-set-unproved"),
        ("supervising: city_health_work_committee@city", "supervising: x@city", 422,
         "rule-set-tests-failed"),
    ],
)  # fmt: skip
async def test_what_is_not_right_is_refused_with_reasons(
    router: httpx.AsyncClient, before: str, after: str, status: int, problem: str
) -> None:
    assert before in TEXT
    answer = await router.post("/v1/rule-sets", content=TEXT.replace(before, after))
    assert answer.status_code == status
    assert answer.json()["type"].endswith(problem)
    assert answer.json()["errors"]
    assert all("{" not in error["detail"] for error in answer.json()["errors"])
    assert (await router.get("/v1/changes")).json()["head"] == 0


async def test_other_content_under_a_known_id_is_refused(router: httpx.AsyncClient) -> None:
    await router.post("/v1/rule-sets", content=TEXT)
    answer = await router.post("/v1/rule-sets", content=TEXT.replace("托底）", "兜底）"))
    assert answer.status_code == 409


async def test_a_counterexample_names_the_facts(router: httpx.AsyncClient) -> None:
    text = TEXT.replace("    over: [training-institution]\n", "")
    problem = (await router.post("/v1/rule-sets", content=text)).json()
    (example,) = problem["counterexamples"]
    assert example["kind"] == "conflict"
    assert example["rules"] == ["training-institution", "vocational-training"]
    assert example["facts"]["licence_issuer"] == ["human_resources"]


async def test_bytes_that_are_no_text_are_refused(router: httpx.AsyncClient) -> None:
    answer = await router.post("/v1/rule-sets", content=b"\xff\xfe\x00")
    assert answer.status_code in (400, 422)
