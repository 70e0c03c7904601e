"""Amendments and corrections: nothing is overwritten, later facts keep their effect."""

from typing import Any

import httpx
import pytest
from tests.registry_api.samples import hospital

from servicekit.testing import TestKeys


async def _established(registry: httpx.AsyncClient, **changes: Any) -> str:
    answer = await registry.post("/v1/organizations", json=hospital(**changes))
    return str(answer.json()["id"])


async def _amend(
    registry: httpx.AsyncClient, id_: str, revision: int | None, day: str, **change: Any
) -> httpx.Response:
    headers = {} if revision is None else {"if-match": f'"{revision}"'}
    body = {"effective_on": day, "change": change}
    return await registry.post(f"/v1/organizations/{id_}/amendments", json=body, headers=headers)


async def test_a_correction_about_an_earlier_date_leaves_later_facts_in_force(
    registry: httpx.AsyncClient,
) -> None:
    id_ = await _established(registry)
    later = await _amend(registry, id_, 1, "2017-01-01", full_time_staff=50)
    assert later.headers["etag"] == '"2"'
    correction = await _amend(
        registry, id_, 2, "2016-06-01", full_time_staff=45, sponsor="晨曦公司"
    )
    assert correction.json()["full_time_staff"] == 50
    assert correction.json()["sponsor"] == "晨曦公司"

    async def staff(**when: Any) -> Any:
        answer = await registry.get(f"/v1/organizations/{id_}", params=when)
        return answer.json()["full_time_staff"] if answer.status_code == 200 else None

    assert await staff(valid_on="2016-02-29") is None
    assert await staff(valid_on="2016-05-31") == 40
    assert await staff(valid_on="2016-06-01") == 45
    assert await staff(valid_on="2016-06-01", known_at=2) == 40
    assert await staff(valid_on="2017-01-01") == 50
    (event,) = (await registry.get("/v1/changes?after=2")).json()["events"]
    timeline = event["data"]["timeline"]
    assert [(s["from"], s["until"], s["state"]["full_time_staff"]) for s in timeline] == [
        ("2016-06-01", "2017-01-01", 45),
        ("2017-01-01", None, 50),
    ]


async def test_an_object_nulled_for_the_past_and_written_in_part_later_is_whole_again(
    registry: httpx.AsyncClient,
) -> None:
    grade = {"level": "2A", "announced_on": "2016-04-01", "valid_until": "2021-04-01"}
    id_ = await _established(registry, grade=grade)
    await _amend(registry, id_, 1, "2017-01-01", grade={"level": "3A"})
    answer = await _amend(registry, id_, 2, "2016-12-01", grade=None)
    assert answer.json()["grade"] == {"level": "3A", "announced_on": None, "valid_until": None}


async def test_a_patch_that_changes_nothing_leaves_no_trace(registry: httpx.AsyncClient) -> None:
    id_ = await _established(registry)
    answer = await _amend(registry, id_, 1, "2017-01-01", full_time_staff=40)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (await registry.get("/v1/changes")).json()["head"] == 1


@pytest.mark.parametrize(
    ("revision", "status", "slug"),
    [(None, 428, "precondition-required"), (7, 412, "precondition-failed")],
)
async def test_changing_needs_the_etag_that_was_read(
    registry: httpx.AsyncClient, revision: int | None, status: int, slug: str
) -> None:
    id_ = await _established(registry)
    answer = await _amend(registry, id_, revision, "2017-01-01", full_time_staff=1)
    assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (status, slug)


@pytest.mark.parametrize(
    ("day", "change", "pointer", "rule"),
    [
        ("2017-06-15", {"full_time_staff": 1}, "/effective_on", "future_date"),
        ("2017-01-01", {"full_time_staff": -1}, "/change/full_time_staff", "greater_than_equal"),
        ("2017-01-01", {"staff": 1}, "/change/staff", "extra_forbidden"),
        ("2017-01-01", {"name": None}, "/change/name", "missing"),
        (
            "2017-01-01",
            {"domicile": {"division_code": "440399001"}},
            "/change/domicile/division_code",
            "unknown_division",
        ),
    ],
)
async def test_a_change_that_breaks_a_rule_is_refused_with_its_place(
    registry: httpx.AsyncClient, day: str, change: dict[str, Any], pointer: str, rule: str
) -> None:
    id_ = await _established(registry)
    answer = await _amend(registry, id_, 1, day, **change)
    assert answer.status_code == 422
    assert (pointer, rule) in {(e["pointer"], e["rule"]) for e in answer.json()["errors"]}
    assert (await registry.get("/v1/changes")).json()["head"] == 1


async def test_an_organization_that_moves_is_seen_to_leave_and_to_arrive(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    id_ = await _established(registry)
    old, new = keys.headers(areas=["440303"]), keys.headers(areas=["440304"])
    assert (await registry.get(f"/v1/organizations/{id_}", headers=new)).status_code == 404
    await _amend(registry, id_, 1, "2017-01-01", domicile={"division_code": "440304001"})
    for headers, sees in ((old, 404), (new, 200)):
        assert (await registry.get(f"/v1/organizations/{id_}", headers=headers)).status_code == sees
        page = (await registry.get("/v1/changes?after=1", headers=headers)).json()
        assert [e["data"]["areas"] for e in page["events"]] == [["440303001", "440304001"]]
    then = await registry.get(
        f"/v1/organizations/{id_}", params={"valid_on": "2016-12-31"}, headers=old
    )
    assert then.status_code == 200
