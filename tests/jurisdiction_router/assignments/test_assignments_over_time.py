"""Assignments over both times, under a body, as files; the health of the rules; the rebuild."""

import base64
import hashlib
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from pydantic import SecretStr
from tests.jurisdiction_router.approvals import apply_restructuring, enact
from tests.jurisdiction_router.overrides.test_overrides import DESIGNATION
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import NEW_STREET, organization

from jurisdiction_router.assignments import past
from jurisdiction_router.factory import compose
from jurisdiction_router.main import build, make_follower
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.testing import TestDatabases, TestKeys, running

CLINIC, HOSPITAL, ODD = (str(UUID(int=number)) for number in (1, 2, 3))
HEALTH, STREET = "440303-district_health_committee", "440303001-street_work_committee"


@pytest.fixture
async def known(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """A clinic corrected after the fact, a hospital, a clinic affiliated with another body."""
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    hospital = organization(institution_type="private_hospital",
                            affiliation="street_work_committee")  # fmt: skip
    registry.say(HOSPITAL, "2009-03-02", ("2009-03-02", None, hospital))
    await follower.step()
    return city


async def correct(registry: RegistryLedger, follower: Follower) -> None:
    registry.say(CLINIC, "2017-01-01", ("2017-01-01", None, organization(licence_issuer=None)))
    await follower.step()


async def bodies(city: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    page = (await city.get("/v1/assignments", params=params)).json()
    return {i["organization_id"]: (i["supervising"] or {}).get("id") for i in page["items"]}


async def test_what_was_known_before_a_correction_is_still_read(
    known: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    head = (await known.get("/v1/changes")).json()["head"]
    before = await bodies(known)
    await correct(registry, follower)
    assert before[CLINIC] == HEALTH
    assert (await bodies(known))[CLINIC] == STREET
    assert await bodies(known, known_at=head) == before
    assert (await bodies(known, known_at=head + 1))[CLINIC] == STREET
    then = await bodies(known, known_at=head + 1, valid_on="2016-12-31")
    assert then[CLINIC] == HEALTH
    assert await bodies(known, known_at=head, body_id=STREET) == {}
    assert await bodies(known, known_at="2001-01-01T00:00:00+08:00") == {}
    now = (await known.get("/v1/assignments")).json()["items"]
    same = (await known.get("/v1/assignments", params={"known_at": head + 1})).json()["items"]
    assert same == now
    ahead = await known.get("/v1/assignments", params={"known_at": head + 99})
    assert (ahead.status_code, ahead.json()["type"].rsplit("/", 1)[-1]) == (400, "position-ahead")
    assert (await known.get("/v1/assignments", params={"known_at": "x"})).status_code == 422
    story = (await known.get(f"/v1/assignments/{CLINIC}/history")).json()["events"]
    assert [e["effective_on"] for e in story] == ["2016-01-01", "2017-01-01"]


async def test_one_is_read_as_it_was_known_then(
    known: httpx.AsyncClient, registry: RegistryLedger, follower: Follower, keys: TestKeys
) -> None:
    """The answer, its decision, its history and its ETag are those that were given then."""
    path = f"/v1/assignments/{CLINIC}"
    head = (await known.get("/v1/changes")).json()["head"]
    before = await known.get(path)
    story = (await known.get(f"{path}/history")).json()
    await correct(registry, follower)
    after = await known.get(path)
    assert before.json()["supervising"]["id"] == HEALTH != after.json()["supervising"]["id"]
    for known_at, answer in ((head, before), (head + 1, after)):
        then = await known.get(path, params={"known_at": known_at})
        assert then.json() == answer.json()
        assert then.headers["etag"] == answer.headers["etag"]
    day = {"valid_on": "2017-01-01"}
    assert (await known.get(path, params={"known_at": head, **day})).json()["rule"] == (
        before.json()["rule"]
    )
    told = (await known.get(f"{path}/history", params={"known_at": head})).json()
    assert told == story
    assert len(story["events"]) == 1
    of_day = (await known.get(f"{path}/history", params={"valid_on": "2016-06-14"})).json()
    assert [e["effective_on"] for e in of_day["events"]] == ["2016-01-01"]
    assert [len(e["timeline"]) for e in of_day["events"]] == [1]

    long_ago = {"known_at": "2001-01-01T00:00:00+08:00"}
    for place in (path, f"{path}/history"):
        assert (await known.get(place, params=long_ago)).status_code == 404
        ahead = await known.get(place, params={"known_at": head + 99})
        assert (ahead.status_code, ahead.json()["type"].rsplit("/", 1)[-1]) == (
            400, "position-ahead",
        )  # fmt: skip
    early = await known.get(path, params={"known_at": head, "valid_on": "2010-01-01"})
    assert early.json()["type"].endswith("no-assignment")
    away = keys.headers("router:read", areas=["440309"])
    assert (await known.get(path, params={"known_at": head}, headers=away)).status_code == 404


async def test_the_past_is_paged_and_scoped(known: httpx.AsyncClient, keys: TestKeys) -> None:
    head = (await known.get("/v1/changes")).json()["head"]
    found, cursor = [], None
    while True:
        params = {"known_at": head, "limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await known.get("/v1/assignments", params=params)).json()
        found += [item["organization_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [CLINIC, HOSPITAL]
    away = keys.headers("router:read", areas=["440309"])
    for path in (f"/v1/assignments?known_at={head}", "/v1/assignments/export"):
        answer = await known.get(path, headers=away)
        assert CLINIC not in answer.text
    assert (await known.get(f"/v1/assignments/{CLINIC}/history", headers=away)).status_code == 404


async def test_cursors_of_the_past_lead_a_limited_caller_past_its_own_only(
    known: httpx.AsyncClient,
    registry: RegistryLedger,
    follower: Follower,
    keys: TestKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However rare what is sought: neither ids nor the number of pages speak of other areas."""
    monkeypatch.setattr(past, "_BATCH", 1)
    monkeypatch.setattr(past, "_BUDGET", 1)
    elsewhere = organization(domicile={"division_code": NEW_STREET})
    before = (await known.get("/v1/changes")).json()["head"]
    for number in (4, 5, 6):
        registry.say(str(UUID(int=number)), "2010-03-02", ("2010-03-02", None, elsewhere))
    await follower.step()
    head = (await known.get("/v1/changes")).json()["head"]

    async def walked(area: str | None, known_at: int, **params: Any) -> tuple[list[str], set[str]]:
        headers = keys.headers("router:read", areas=[area] if area else None)
        pages = 0
        found: list[str] = []
        passed: set[str] = set()
        params = {"known_at": known_at, "limit": 1, **params}
        while pages < 20:
            page = (await known.get("/v1/assignments", params=params, headers=headers)).json()
            found += [item["organization_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                return found, passed
            padded = page["next_cursor"] + "=" * (-len(page["next_cursor"]) % 4)
            passed.add(orjson.loads(base64.urlsafe_b64decode(padded))[1])
            params["cursor"] = page["next_cursor"]
            pages += 1
        raise AssertionError("no end")

    others = [str(UUID(int=number)) for number in (4, 5, 6)]
    found, passed = await walked("440309", head)
    assert (found, passed <= {*others}) == (others, True)
    assert await walked("440309", before) == ([], set())
    found, passed = await walked("440303", head, basis="none-such")
    assert (found, passed <= {CLINIC, HOSPITAL}) == ([], True)
    found, passed = await walked(None, head)
    assert found == [CLINIC, HOSPITAL, *others]


async def test_a_body_stands_for_those_beneath_it(known: httpx.AsyncClient) -> None:
    assert await bodies(known, under_body="440300-city_health_work_committee") == {
        CLINIC: HEALTH, HOSPITAL: "440300-city_health_work_committee",
    }  # fmt: skip
    assert await bodies(known, under_body=HEALTH) == {CLINIC: HEALTH}
    assert await bodies(known, under_body="nobody") == {}


async def test_exports_are_stamped_with_the_position_they_show(
    known: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    page = (await known.get("/v1/changes", params={"limit": 1000})).json()
    export = await known.get("/v1/assignments/export")
    assert export.headers["ledger-position"] == str(page["head"])
    assert export.headers["ledger-digest"] == page["digest"]
    lines = [orjson.loads(line) for line in export.text.splitlines()]
    assert lines == (await known.get("/v1/assignments")).json()["items"]
    await correct(registry, follower)
    params = {"known_at": page["head"], "format": "csv"}
    table = await known.get("/v1/assignments/export", params=params)
    assert table.headers["ledger-position"] == str(page["head"])
    assert table.text.count("\r\n") == 3
    assert HEALTH in table.text


async def test_rule_health_counts_what_its_lists_hold(known: httpx.AsyncClient) -> None:
    health = (await known.get("/v1/rule-health")).json()
    assert health["assignments"] == 2
    assert sum(row["count"] for row in health["by_basis"]) == 2
    unmatched = {row["rule"] for row in health["rules_without_match"]}
    assert "private-hospital" not in unmatched
    assert len(unmatched) > 5
    for name in ("inference_only", "one_fact_away", "affiliation_disagrees"):
        params = {"health": name, "count": "exact"}
        page = (await known.get("/v1/assignments", params=params)).json()
        assert page["count"] == len(page["items"]) == health[name]
    assert health["affiliation_disagrees"] == 1
    listed = await bodies(known, health="affiliation_disagrees")
    assert list(listed) == [HOSPITAL]
    assert health["one_fact_away"] >= 1
    by_fact = {row["attribute"]: row["count"] for row in health["one_fact_away_by"]}
    assert sum(by_fact.values()) == health["one_fact_away"]
    for attribute, number in by_fact.items():
        params = {"flip": attribute, "count": "exact"}
        page = (await known.get("/v1/assignments", params=params)).json()
        assert page["count"] == len(page["items"]) == number
    found = (await known.get(f"/v1/assignments/{CLINIC}")).json()
    assert CLINIC in await bodies(known, flip=found["nearest_flip"]["attribute"])
    nothing = await known.get("/v1/assignments", params={"flip": "colour"})
    assert (nothing.status_code, nothing.json()["errors"][0]["rule"]) == (422, "literal_error")
    for asked in ({"health": "one_fact_away"}, {"flip": "affiliation"}):
        refused = await known.get("/v1/assignments", params={**asked, "known_at": 1})
        assert refused.status_code == 422


async def digests(router: httpx.AsyncClient) -> dict[str, str]:
    """By subject, a digest of the whole assignment timeline: what holds when, nothing of how it
    was learned (positions, times, ids)."""
    found = {}
    for item in (await router.get("/v1/assignments", params={"limit": 1000})).json()["items"]:
        subject = item["organization_id"]
        history = (await router.get(f"/v1/assignments/{subject}")).json()["history"]
        canonical = orjson.dumps(history, option=orjson.OPT_SORT_KEYS)
        found[subject] = hashlib.sha256(canonical).hexdigest()
    return found


async def test_an_empty_router_reaches_the_same_assignments(
    known: httpx.AsyncClient,
    registry: RegistryLedger,
    follower: Follower,
    settings: Settings,
    databases: TestDatabases,
    directory_import: dict[str, Any],
    keys: TestKeys,
) -> None:
    """Facts, corrections, a designation and a restructuring; rebuilt in another order."""
    made = await known.post(
        f"/v1/assignments/{CLINIC}/designation", json=DESIGNATION, headers={"if-match": "*"}
    )
    assert made.status_code == 201, made.text
    await correct(registry, follower)
    change = {"op": "upgrade_area", "code": "440303", "into": {"code": "440399", "name": "罗湖区"}}
    request = {"title": "t", "reference": "r", "effective_on": "2018-01-01", "changes": [change]}
    draft = await known.post("/v1/restructurings", json=request)
    done = await apply_restructuring(known, draft.json())
    assert done.status_code == 200, done.text
    areas = (await known.get("/v1/areas", params={"limit": 1000})).json()["items"]
    everybody = (await known.get("/v1/bodies", params={"limit": 1000})).json()["items"]
    override = made.json()

    url = await databases.create("jurisdiction_router")
    fresh = settings.model_copy(update={"database_url": SecretStr(url)})
    services = compose(fresh)
    async with running(build(fresh), **keys.headers()) as router, registry.client() as feed:
        for area in areas:
            area.pop("parent")
        loaded = await router.post(
            "/v1/directory/imports?activate=true", json={"areas": areas, "bodies": everybody}
        )
        assert loaded.status_code == 201, loaded.text
        await enact(router, keys, read_packaged("shenzhen-2016.yaml"))
        while await make_follower(services, feed).step():
            pass
        again = {name: override[name] for name in (*DESIGNATION, "replaces")}
        answer = await router.post(
            f"/v1/assignments/{CLINIC}/designation", json=again, headers={"if-match": "*"}
        )
        assert answer.status_code == 201, answer.text
        assert await digests(router) == await digests(known)
    await services.database.close()
    await databases.drop(url)
