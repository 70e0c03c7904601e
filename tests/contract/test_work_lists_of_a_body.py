"""Work lists of a body: the registry asks the real router, over real HTTP, in the caller's name.

The yardstick is the join that a caller can make: the whole list, and the router's assignments.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from tests.contract.conftest import SmallCity

from local_runner.keys.issuer import Issuer
from servicekit.time import SystemClock

LISTS = {
    "/v1/obligations": "organization_id",
    "/v1/overdue-formations": "organization_id",
    "/v1/information-base": "id",
    "/v1/notices": "id",
}
CITY = "440300-social_organization_committee"
Item = dict[str, Any]


class Caller:
    """Somebody with a token, at both services."""

    def __init__(self, city: SmallCity, **claims: Any) -> None:
        token = Issuer(city.data_dir / "keys").token(**claims)
        headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
        self.registry, self.router = (
            httpx.Client(base_url=city.addresses[service], headers=headers, timeout=60)
            for service in ("registry-api", "jurisdiction-router")
        )

    def walked(
        self, client: httpx.Client, path: str, cursor: str | None = None, **params: Any
    ) -> list[Item]:
        """All items of all pages, from `cursor` on."""
        items: list[Item] = []
        while True:
            answer = client.get(path, params={**params, **({"cursor": cursor} if cursor else {})})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    def assigned(self, **params: Any) -> dict[str, str]:
        """The supervising body of each organization that has one, as the router tells it."""
        found = self.walked(self.router, "/v1/assignments", limit=1000, **params)
        return {i["organization_id"]: i["supervising"]["id"] for i in found if i["supervising"]}

    def refused(self, path: str, status: int, **params: Any) -> Item:
        """The problem that a request of the registry is answered with."""
        answer = self.registry.get(path, params=params)
        assert answer.status_code == status, answer.text
        problem: Item = answer.json()
        return problem


@pytest.fixture
def caller(untouched_city: SmallCity) -> Caller:
    """Somebody who may see everything, when the router knows what the register does."""
    found = Caller(untouched_city)
    head = found.registry.get("/v1/ledger/head").json()["position"]
    _until(lambda: found.router.get("/v1/feed-status").json()["position"] >= head)
    return found


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("path", LISTS)
def test_the_list_of_each_body_is_the_join_of_list_and_assignments(
    caller: Caller, path: str
) -> None:
    whole = caller.walked(caller.registry, path, limit=1000)
    bodies = caller.assigned()
    assert whole
    assert len({*bodies.values()}) > 3
    seen: list[Item] = []
    for body in sorted({*bodies.values()}):
        mine = [item for item in whole if bodies.get(item[LISTS[path]]) == body]
        for limit in (1, 3, 1000):
            assert caller.walked(caller.registry, path, body=body, limit=limit) == mine
        if path != "/v1/notices":
            counting = f"{path}?count=exact&limit=1&body={body}"
            assert caller.registry.get(counting).json()["count"] == len(mine)
        seen += mine
    assert Counter(map(str, seen)) == Counter(
        str(item) for item in whole if item[LISTS[path]] in bodies
    )


@pytest.mark.parametrize("path", LISTS)
def test_with_those_beneath_it_and_several_at_once(caller: Caller, path: str) -> None:
    whole = caller.walked(caller.registry, path, limit=1000)
    bodies = caller.assigned()
    one, other = sorted({*bodies.values()})[:2]
    beneath = caller.assigned(under_body="440303-two_new_work_committee")
    for asked, organizations in (
        ({"under_body": "440303-two_new_work_committee"}, {*beneath}),
        ({"body": [one, other]}, {o for o, body in bodies.items() if body in (one, other)}),
        ({"body": one, "under_body": "440303-two_new_work_committee"},
         {o for o, body in bodies.items() if body == one} & {*beneath}),
    ):  # fmt: skip
        expected = [item for item in whole if item[LISTS[path]] in organizations]
        assert caller.walked(caller.registry, path, limit=2, **asked) == expected


def test_other_filters_and_days_ahead_narrow_the_same_list(caller: Caller) -> None:
    ahead = {"valid_on": (SystemClock().today() + timedelta(400)).isoformat()}
    for params in ({"kind": "annual_inspection"}, {"overdue": "true"}, {"area": "440303"}, ahead):
        bodies = caller.assigned(**(ahead if params is ahead else {}))
        whole = caller.walked(caller.registry, "/v1/obligations", **params)
        mine = [item for item in whole if bodies.get(item["organization_id"]) == CITY]
        assert caller.walked(caller.registry, "/v1/obligations", body=CITY, **params) == mine


@pytest.mark.parametrize("path", ["/v1/information-base", "/v1/notices"])
def test_the_list_of_a_day_past_is_the_join_of_that_day(caller: Caller, path: str) -> None:
    then = {"valid_on": (SystemClock().today() - timedelta(1)).isoformat()}
    whole = caller.walked(caller.registry, path, limit=1000, **then)
    bodies = caller.assigned(**then)
    seen = 0
    for body in sorted({*bodies.values()}):
        mine = [item for item in whole if bodies.get(item["id"]) == body]
        assert caller.walked(caller.registry, path, body=body, limit=2, **then) == mine
        seen += len(mine)
    assert seen


def test_the_export_is_the_list(caller: Caller) -> None:
    listed = caller.walked(caller.registry, "/v1/obligations", body=CITY)
    answer = caller.registry.get("/v1/obligations/export", params={"body": CITY})
    assert listed
    assert [orjson.loads(line) for line in answer.content.splitlines()] == listed


def test_a_limited_token_gets_the_join_of_what_it_may_see(
    untouched_city: SmallCity, caller: Caller
) -> None:
    limited = Caller(untouched_city, areas=["440303"])
    bodies = caller.assigned()
    mine = limited.assigned()
    assert 0 < len(mine) < len(bodies)
    for path, name in LISTS.items():
        whole = limited.walked(limited.registry, path, limit=1000)
        for body in sorted({*bodies.values()}):
            expected = [item for item in whole if mine.get(item[name]) == body]
            answer = limited.registry.get(path, params={"body": body, "limit": 1000})
            if body not in mine.values() and not body.startswith("440303"):
                assert answer.status_code == 422, "what it may not see is as if it were not there"
                assert answer.json()["errors"][0]["rule"] == "unknown_body"
                continue
            assert answer.json()["items"] == expected
    export = limited.registry.get("/v1/obligations/export", params={"under_body": CITY})
    seen = {orjson.loads(line)["organization_id"] for line in export.content.splitlines()}
    assert seen <= {*mine}
    nowhere = Caller(untouched_city, areas=[])
    assert nowhere.refused("/v1/obligations", 422, body=CITY)["errors"][0]["value"] == CITY


def test_the_caller_needs_the_routers_scope_too(untouched_city: SmallCity) -> None:
    reader = Caller(untouched_city, scopes=["registry:read"])
    for path in (*LISTS, "/v1/obligations/export"):
        assert reader.registry.get(path).status_code == 200
        problem = reader.refused(path, 403, body=CITY)
        assert "router:read" in problem["detail"]


def test_a_body_that_there_is_not_is_named(caller: Caller) -> None:
    for name in ("nobody", "..", "a/b?c#d", "党委%2F"):
        for parameter in ("body", "under_body"):
            (error,) = caller.refused("/v1/obligations", 422, **{parameter: [CITY, name]})["errors"]
            assert (error["pointer"], error["rule"]) == (f"/{parameter}", "unknown_body")
            assert name in error["detail"]


def test_a_cursor_is_of_its_body(caller: Caller) -> None:
    page = caller.registry.get("/v1/obligations", params={"body": CITY, "limit": 1}).json()
    asked = {"limit": 1, "cursor": page["next_cursor"]}
    for other in ({}, {"under_body": CITY}, {"body": [CITY, "440303-two_new_work_committee"]}):
        caller.refused("/v1/obligations", 400, **asked, **other)


def test_who_comes_to_a_body_during_a_walk_disturbs_nobody_else(
    untouched_city: SmallCity, caller: Caller
) -> None:
    bodies = caller.assigned()
    before = caller.walked(caller.registry, "/v1/obligations", body=CITY)
    stayed = [item["organization_id"] for item in before]
    comes = next(o for o, body in sorted(bodies.items()) if body != CITY and _owes(caller, o))
    first = caller.registry.get("/v1/obligations", params={"body": CITY, "limit": 2}).json()
    _designate(Caller(untouched_city, client="approver"), comes)
    rest = caller.walked(
        caller.registry, "/v1/obligations", first["next_cursor"], body=CITY, limit=2
    )
    walked = [item["organization_id"] for item in [*first["items"], *rest]]
    assert [one for one in walked if one != comes] == stayed
    after = caller.walked(caller.registry, "/v1/obligations", body=CITY)
    assert {item["organization_id"] for item in after} == {*stayed, comes}


def _owes(caller: Caller, organization: str) -> bool:
    return bool(
        caller.registry.get(f"/v1/organizations/{organization}/obligations").json()["items"]
    )


def _designate(approver: Caller, organization: str) -> None:
    read = approver.router.get(f"/v1/assignments/{organization}")
    answer = approver.router.post(
        f"/v1/assignments/{organization}/designation",
        headers={"if-match": read.headers["etag"]},
        json={
            "body_id": CITY, "valid_from": "2018-01-01", "valid_until": "2050-01-01",
            "authority": "市委组织部", "reference": "深组函〔2018〕1号", "approver": "部务会",
            "clause": {"source": "深组函〔2018〕1号", "article": None, "text": None},
        },
    )  # fmt: skip
    assert answer.status_code in (200, 201), answer.text
