"""Mergers and splits: several organizations change at once, or none does."""

from typing import Any

import httpx
import pytest
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import credit_code, hospital

from servicekit.testing import TestKeys

DAY = "2017-03-01"
_CHARTER = {"state": "included", "on": DAY}


async def _read(registry: httpx.AsyncClient, identifier: str, **when: Any) -> dict[str, Any]:
    answer = await registry.get(f"/v1/organizations/{identifier}", params=when)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _head(registry: httpx.AsyncClient) -> int:
    return int((await registry.get("/v1/ledger/head")).json()["position"])


def _of(*identifiers: str, revision: int = 1) -> list[dict[str, Any]]:
    return [{"id": identifier, "revision": revision} for identifier in identifiers]


async def test_one_absorbs_another_from_a_day_on(registry: httpx.AsyncClient) -> None:
    ended, survivor = await founded(registry, 1), await founded(registry, 2)
    before = await _head(registry)
    into = {"id": survivor, "revision": 1, "change": {"party": {"full_members": 4}}}
    answer = await registry.post(
        "/v1/mergers",
        json={"effective_on": DAY, "reason": "合并办院", "organizations": _of(ended), "into": into},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "predecessors": [await _read(registry, ended)],
        "successors": [await _read(registry, survivor)],
    }
    gone, absorbed = answer.json()["predecessors"][0], answer.json()["successors"][0]
    assert (gone["status"], gone["successors"]) == ("deregistered", [survivor])
    assert (absorbed["status"], absorbed["predecessors"]) == ("active", [ended])
    assert absorbed["party"]["full_members"] == 4

    assert (await _read(registry, ended, valid_on="2017-02-28"))["status"] == "active"
    assert (await _read(registry, survivor, valid_on="2017-02-28"))["predecessors"] == []
    assert (await _read(registry, ended, known_at=before))["status"] == "active"
    page = (await registry.get("/v1/changes", params={"after": before})).json()
    assert [(e["subject"], e["type"]) for e in page["events"]] == [
        (ended, "organization.merged"),
        (survivor, "organization.merged"),
    ]


async def test_two_pass_over_into_a_new_one(registry: httpx.AsyncClient) -> None:
    first, second = await founded(registry, 1), await founded(registry, 2)
    answer = await registry.post(
        "/v1/mergers",
        json={
            "effective_on": DAY,
            "organizations": _of(first, second),
            "establish": hospital(3, charter=_CHARTER),
        },
    )
    assert answer.status_code == 200, answer.text
    new = answer.json()["successors"][0]
    assert new["predecessors"] == [first, second]
    assert [p["successors"] for p in answer.json()["predecessors"]] == [[new["id"]]] * 2
    assert (
        await registry.get(f"/v1/organizations/{new['id']}", params={"valid_on": "2017-02-28"})
    ).status_code == 404


async def test_a_part_splits_off_and_a_whole_passes_over(registry: httpx.AsyncClient) -> None:
    parent = await founded(registry, 1)
    split_off = await registry.post(
        "/v1/splits",
        json={
            "effective_on": "2017-01-01",
            "organization": _of(parent)[0],
            "continues": True,
            "establish": [hospital(2)],
        },
    )
    assert split_off.status_code == 200, split_off.text
    child = split_off.json()["successors"][0]["id"]
    assert split_off.json()["predecessors"][0]["status"] == "active"
    neighbour = await founded(registry, 3)
    passed_over = await registry.post(
        "/v1/splits",
        json={
            "effective_on": DAY,
            "organization": _of(parent, revision=2)[0],
            "continues": False,
            "into": _of(neighbour),
            "establish": [hospital(4)],
        },
    )
    assert passed_over.status_code == 200, passed_over.text
    ended = passed_over.json()["predecessors"][0]
    heirs = [s["id"] for s in passed_over.json()["successors"]]
    assert heirs[0] == neighbour
    assert (ended["status"], ended["successors"]) == ("deregistered", [child, *heirs])
    assert [s["predecessors"] for s in passed_over.json()["successors"]] == [[parent]] * 2


async def test_the_same_request_twice_happens_once(registry: httpx.AsyncClient) -> None:
    ended, survivor = await founded(registry, 1), await founded(registry, 2)
    body = {"effective_on": DAY, "organizations": _of(ended), "into": _of(survivor)[0]}
    send = {"json": body, "headers": {"idempotency-key": "merger-1"}}
    answers = [await registry.post("/v1/mergers", **send) for _ in range(2)]  # type: ignore[arg-type]
    assert answers[0].json() == answers[1].json()
    assert await _head(registry) == 4


@pytest.mark.parametrize(
    ("change", "status", "pointer", "rule"),
    [
        ({"into": None}, 422, "/into", "into_or_establish"),
        ({"organizations": []}, 422, "/organizations", "too_short"),
        ({"organizations": "unknown"}, 422, "/organizations/0/id", "unknown_organization"),
        ({"organizations": "twice"}, 422, "/organizations/1/id", "repeated_organization"),
        ({"organizations": "itself"}, 422, "/into/id", "repeated_organization"),
        ({"organizations": "stale"}, 412, "/organizations/0/revision", "stale_revision"),
        ({"organizations": "ended"}, 409, "/organizations/0/id", "status_does_not_allow"),
        ({"effective_on": "2017-06-15"}, 422, "/effective_on", "future_date"),
        ({"effective_on": "2016-01-01"}, 422, "/effective_on", "before_first"),
        ({"into": "bad change"}, 422, "/into/change/full_time_staff", "int_type"),
        ({"into": None, "establish": "one"}, 422, "/organizations", "merger_of_one"),
    ],
)
async def test_a_merger_that_is_refused_leaves_everything_as_it_was(
    registry: httpx.AsyncClient, change: dict[str, Any], status: int, pointer: str, rule: str
) -> None:
    first, survivor, ended = [await founded(registry, number) for number in (1, 2, 3)]
    await registry.post(
        f"/v1/organizations/{ended}/deregistration",
        json={"effective_on": "2016-12-01"},
        headers={"if-match": "*"},
    )
    before = await _head(registry)
    stand_ins: dict[Any, Any] = {
        "unknown": _of("00000000-0000-7000-8000-000000000000"),
        "twice": _of(first, first),
        "itself": _of(survivor),
        "stale": _of(first, revision=2),
        "ended": _of(ended, revision=2),
        "bad change": {**_of(survivor)[0], "change": {"full_time_staff": "many"}},
        "one": hospital(4),
    }
    body = {
        "effective_on": DAY,
        "organizations": _of(first),
        "into": _of(survivor)[0],
        **{k: stand_ins.get(v, v) if isinstance(v, str) else v for k, v in change.items()},
    }
    answer = await registry.post("/v1/mergers", json=body)
    assert answer.status_code == status, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["rule"]) == (
        pointer,
        rule,
    )
    assert await _head(registry) == before
    assert (await _read(registry, first))["revision"] == 1


async def test_a_new_organization_passes_the_gates_or_nothing_happens(
    registry: httpx.AsyncClient,
) -> None:
    parent = await founded(registry, 1)
    taken = await founded(registry, 2)
    body = {"effective_on": DAY, "organization": _of(parent)[0], "continues": False}
    for establish, pointer, rule in (
        ([hospital(3)], "/establish", "too_few_parts"),
        ([hospital(3), hospital(4, charter={"state": "none"})],
         "/establish/1/charter/state", "charter_clause_missing"),
        ([hospital(3), hospital(2)], "/establish/1/credit_code", "code_taken"),
        ([hospital(3), hospital(3)], "/establish/1/credit_code", "code_taken"),
    ):  # fmt: skip
        answer = await registry.post("/v1/splits", json={**body, "establish": establish})
        error = answer.json()["errors"][0]
        assert (error["pointer"], error["rule"]) == (pointer, rule), answer.text
    assert await _head(registry) == 2
    assert (await _read(registry, taken))["predecessors"] == []


async def test_an_earlier_reorganization_is_not_slipped_in(registry: httpx.AsyncClient) -> None:
    first, second, survivor = [await founded(registry, number) for number in (1, 2, 3)]
    later = {"effective_on": DAY, "organizations": _of(first), "into": _of(survivor)[0]}
    assert (await registry.post("/v1/mergers", json=later)).status_code == 200
    earlier = {
        "effective_on": "2017-01-01",
        "organizations": _of(second),
        "into": _of(survivor, revision=2)[0],
    }
    answer = await registry.post("/v1/mergers", json=earlier)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["rule"] == "later_relation"


async def test_who_lies_outside_the_areas_is_unknown(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    inside, outside = await founded(registry, 1), await founded(registry, 2)
    await amended(registry, outside, "2016-03-01", domicile={"division_code": "440304001"})
    answer = await registry.post(
        "/v1/mergers",
        json={
            "effective_on": DAY,
            "organizations": _of(inside),
            "into": _of(outside, revision=2)[0],
        },
        headers=keys.headers(areas=["440303"]),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "unknown_organization"


async def test_what_was_entered_in_error_never_was(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    error, other = await founded(registry, 1), await founded(registry, 2)
    await amended(registry, error, "2017-01-01", full_time_staff=9)
    before = await _head(registry)
    answer = await registry.post(
        f"/v1/organizations/{error}/void",
        json={"reason": "重复登记"},
        headers={"if-match": '"2"'},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"id": error, "revision": 3, "reason": "重复登记"}

    for path in ("", "/timeline", "?valid_on=2016-06-01", "/notices"):
        gone = await registry.get(f"/v1/organizations/{error}{path}")
        assert gone.status_code == 410, gone.text
        assert gone.json()["type"].endswith("/organization-void")
        assert "重复登记" in gone.json()["detail"]
    written = await amended(registry, error, "2017-01-01", full_time_staff=8)
    assert written.status_code == 410
    listed = (await registry.get("/v1/organizations", params={"count": "exact"})).json()
    assert ([o["id"] for o in listed["items"]], listed["count"]) == ([other], 1)
    code = await registry.get(f"/v1/organizations/by-credit-code/{credit_code(1)}")
    assert code.status_code == 410

    known = await _read(registry, error, known_at=before)
    assert (known["revision"], known["full_time_staff"]) == (2, 9)
    story = await registry.get(f"/v1/organizations/{error}/timeline", params={"known_at": before})
    assert [s["from"] for s in story.json()["segments"]] == ["2016-03-01", "2017-01-01"]
    past = await registry.get("/v1/organizations", params={"known_at": before, "count": "exact"})
    assert past.json()["count"] == 2
    events = (await registry.get(f"/v1/organizations/{error}/events")).json()["items"]
    assert (events[-1]["type"], events[-1]["reason"]) == ("organization.voided", "重复登记")
    assert (events[-1]["change"], events[-1]["actor"]) == (None, events[0]["actor"])
    feed = (await registry.get("/v1/changes", params={"after": before})).json()["events"]
    assert (feed[0]["data"]["timeline"], feed[0]["data"]["areas"]) == ([], ["440303001"])

    elsewhere = await registry.get(
        f"/v1/organizations/{error}", headers=keys.headers(areas=["440304"])
    )
    assert elsewhere.status_code == 404
    assert await founded(registry, 1) != error, "its code is free again"


async def test_void_needs_a_reason_a_fresh_revision_and_nobody_beside(
    registry: httpx.AsyncClient,
) -> None:
    ended, survivor = await founded(registry, 1), await founded(registry, 2)
    body = {"effective_on": DAY, "organizations": _of(ended), "into": _of(survivor)[0]}
    assert (await registry.post("/v1/mergers", json=body)).status_code == 200
    path = f"/v1/organizations/{ended}/void"
    reason = {"reason": "错"}
    assert (await registry.post(path, json={}, headers={"if-match": "*"})).status_code == 422
    assert (await registry.post(path, json=reason)).status_code == 428
    assert (await registry.post(path, json=reason, headers={"if-match": '"1"'})).status_code == 412
    related = await registry.post(path, json=reason, headers={"if-match": '"2"'})
    assert related.status_code == 409
    assert related.json()["errors"][0]["rule"] == "related_not_void"
    unrelated = await amended(registry, ended, DAY, successors=[])
    assert unrelated.status_code == 200
    sent: dict[str, Any] = {
        "json": reason,
        "headers": {"if-match": '"3"', "idempotency-key": "void-1"},
    }
    answers = [await registry.post(path, **sent) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


async def test_void_takes_sealed_names_with_it(registry: httpx.AsyncClient) -> None:
    error = await founded(registry)
    opened = await registry.post(
        f"/v1/organizations/{error}/leadership-elections",
        json={"effective_on": "2017-01-01", "candidates": [{"post": "院长", "name": "某某"}]},
        headers={"if-match": "*"},
    )
    assert opened.status_code == 200, opened.text
    voided = await registry.post(
        f"/v1/organizations/{error}/void", json={"reason": "错"}, headers={"if-match": "*"}
    )
    assert voided.status_code == 200, voided.text
    candidates = await registry.get(f"/v1/organizations/{error}/leadership-elections/candidates")
    assert candidates.status_code == 410, candidates.text
