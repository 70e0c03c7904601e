"""The packaged rule set, and the smallest city in which every rule can be seen at work."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jurisdiction_router.core.directory.directory import Area, Body, Directory, ParentEdge
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary, read_vocabulary
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.factory import compose
from jurisdiction_router.main import build, make_follower
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.ledger import GENESIS, canonical_json, chain
from servicekit.testing import AUDIENCE, ISSUER, TestDatabases, TestKeys, running

LONG_AGO = date(2000, 1, 1)
CITY, DISTRICT, NEW_DISTRICT = "440300", "440303", "440309"
STREET, NEW_STREET, COMMUNITY = "440303001", "440309001", "440303001001"


@pytest.fixture(scope="session")
def rule_set() -> RuleSet:
    """The 2016 rule set as shipped."""
    value, lines = read_text(read_packaged("shenzhen-2016.yaml"))
    return read_rule_set(value, lines)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The words as shipped."""
    return read_vocabulary(read_packaged("vocabulary.yaml"))


def area(code: str, name: str, level: str) -> Area:
    """An area that has always been."""
    return Area(code, name, level, LONG_AGO)


def body(kind: str, code: str, name: str, system: str | None = None) -> Body:
    """A body that has always been."""
    return Body(
        f"{code}-{kind}{f'-{system}' if system else ''}", kind, name, code, system, LONG_AGO
    )


AREAS = [
    area("440000", "广东省", "province"),
    area(CITY, "深圳市", "city"),
    area(DISTRICT, "罗湖区", "district"),
    area(NEW_DISTRICT, "龙华新区", "district"),
    area(STREET, "桂园街道", "street"),
    area(NEW_STREET, "观湖街道", "street"),
    area(COMMUNITY, "大塘龙社区", "community"),
]
EDGES = [
    ParentEdge(CITY, "440000", LONG_AGO),
    ParentEdge(DISTRICT, CITY, LONG_AGO),
    ParentEdge(NEW_DISTRICT, CITY, LONG_AGO),
    ParentEdge(STREET, DISTRICT, LONG_AGO),
    ParentEdge(NEW_STREET, NEW_DISTRICT, LONG_AGO),
    ParentEdge(COMMUNITY, STREET, LONG_AGO),
]
BODIES = [
    body("city_education_work_committee", CITY, "市委教育工委"),
    body("city_health_work_committee", CITY, "市委卫生工委"),
    body("social_organization_committee", CITY, "市社会组织党委"),
    body("industry_committee", CITY, "市律师行业党委", "justice"),
    body("business_supervisor_committee", CITY, "市科协党组", "science"),
    body("joint_committee", CITY, "市行业协会联合党委"),
    body("district_education_committee", DISTRICT, "罗湖区教育系统党委"),
    body("district_health_committee", DISTRICT, "罗湖区卫生系统党委"),
    body("social_organization_committee", DISTRICT, "罗湖区社会组织党委"),
    body("two_new_work_committee", NEW_DISTRICT, "龙华新区两新组织党工委"),
    body("street_work_committee", STREET, "桂园街道党工委"),
    body("street_work_committee", NEW_STREET, "观湖街道党工委"),
    body("community_committee", COMMUNITY, "大塘龙社区党委"),
]


@pytest.fixture(scope="session")
def directory() -> Directory:
    """A city with one full district and one new district that has neither system committee."""
    return Directory(AREAS, EDGES, BODIES)


@pytest.fixture
async def database_url(databases: TestDatabases) -> AsyncIterator[str]:
    """A router database of its own at the newest schema."""
    url = await databases.create("jurisdiction_router")
    yield url
    await databases.drop(url)


@pytest.fixture
def settings(database_url: str, keys: TestKeys) -> Settings:
    """Settings that trust the test's keys."""
    return Settings(
        database_url=SecretStr(database_url),
        jwks_file=keys.jwks_file,
        issuer=ISSUER,
        audience=AUDIENCE,
        pool_size=5,
    )


class FixedClock:
    """Always the same day."""

    def __init__(self, day: date) -> None:
        self._day = day

    def now(self) -> datetime:
        return datetime(self._day.year, self._day.month, self._day.day, 4, tzinfo=UTC)

    def today(self) -> date:
        return self._day


@pytest.fixture
async def router(settings: Settings, keys: TestKeys) -> AsyncIterator[httpx.AsyncClient]:
    """The running router on 2018-06-14, asked by a client with every scope."""
    app = build(settings, FixedClock(date(2018, 6, 14)))
    async with running(app, **keys.headers()) as client:
        yield client


@pytest.fixture(scope="session")
def directory_import() -> dict[str, Any]:
    """The small city as an import."""
    parents = {edge.child: edge.parent for edge in EDGES}
    return {
        "reason": "directory of 2016",
        "areas": [
            {
                "code": item.code,
                "name": item.name,
                "level": item.level,
                "parent": parents.get(item.code),
                "valid_from": "2000-01-01",
            }
            for item in AREAS
        ],
        "bodies": [
            {
                "id": item.id,
                "kind": item.kind,
                "name": item.name,
                "area_code": item.area_code,
                "system": item.system,
                "valid_from": "2000-01-01",
            }
            for item in BODIES
        ],
    }


@pytest.fixture
async def city(
    router: httpx.AsyncClient, keys: TestKeys, directory_import: dict[str, Any]
) -> httpx.AsyncClient:
    """The router with the small city and the 2016 rule set."""
    imported = await router.post("/v1/directory/imports?activate=true", json=directory_import)
    assert imported.status_code == 201, imported.text
    await enact(router, keys, read_packaged("shenzhen-2016.yaml"))
    return router


async def enact(
    client: httpx.AsyncClient, keys: TestKeys, text: str, start: str | None = None
) -> dict[str, Any]:
    """Take a rule set all the way into force, approved by another client; its document."""
    drafted = await client.post("/v1/rule-sets", content=text)
    assert drafted.status_code in (200, 201), drafted.text
    path = f"/v1/rule-sets/{drafted.json()['id']}"
    proof = await client.post(f"{path}/proof")
    assert proof.json()["proved"], proof.text
    impact = await impact_of(client, path, {"from": start} if start else {})
    approved = await approve(client, keys, path, impact)
    assert approved.status_code == 200, approved.text
    return await until(client, path, lambda found: found["plan"] is None)


async def impact_of(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The impact of a plan, once it is computed."""
    started = await client.post(f"{path}/impact", json=body)
    assert started.status_code == 202, started.text
    return await until(
        client, started.headers["location"], lambda found: found["state"] not in PENDING
    )


async def approve(
    client: httpx.AsyncClient, keys: TestKeys, path: str, impact: dict[str, Any]
) -> httpx.Response:
    """Approve an impact as somebody else."""
    tag = (await client.get(path)).headers["etag"]
    return await client.post(
        f"{path}/approval",
        json={"impact": impact["id"], "digest": impact["result"]["digest"]},
        headers={**keys.headers(client="approver"), "if-match": tag},
    )


async def read_impact(client: httpx.AsyncClient, draft: dict[str, Any]) -> dict[str, Any]:
    """The impact of a restructuring or an import, once it is computed."""
    path = f"/v1/impacts/{draft['impact']}"
    found = await until(client, path, lambda found: found["state"] not in PENDING)
    assert found["state"] == "succeeded", found
    return found


async def apply_restructuring(
    client: httpx.AsyncClient, draft: dict[str, Any], **request: Any
) -> httpx.Response:
    """Apply what the dry run showed."""
    digest = (await read_impact(client, draft))["result"]["digest"]
    headers = {"if-match": f'"{draft["revision"]}"', **request.pop("headers", {})}
    path = f"/v1/restructurings/{draft['id']}/application"
    return await client.post(path, json={"digest": digest}, headers=headers, **request)


PENDING = ("queued", "running")


async def until(
    client: httpx.AsyncClient, path: str, done: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Read until it is done; what was read."""
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = (await client.get(path)).json()
            if done(found):
                return found
            await asyncio.sleep(0.02)


def organization(**changed: Any) -> dict[str, Any]:
    """An organization's state: a private clinic in 桂园街道, licensed by health."""
    return {
        "credit_code": None,
        "name": "某诊所",
        "kind": "private_nonenterprise",
        "institution_type": "private_clinic",
        "category": "health",
        "registration": {
            "mode": "dual",
            "level": "district",
            "authority": {"name": "罗湖区民政局", "division_code": "440303"},
            "registered_on": "2009-03-02",
        },
        "business_supervisor": {"name": "罗湖区卫计局", "system": "health"},
        "licence_issuer": "health",
        "affiliation": None,
        "domicile": {"division_code": "440303001", "address": "…"},
        "status": "active",
        **changed,
    }


class RegistryLedger:
    """A registry's ledger without a registry: its feed over ASGI, its events written by hand."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._digest = GENESIS
        self._revisions: dict[str, int] = {}

    def say(
        self, organization_id: str, effective_on: str, *timeline: tuple[str, str | None, Any]
    ) -> None:
        """Append an event whose timeline is `(from, until, state)`…"""
        revision = self._revisions[organization_id] = self._revisions.get(organization_id, 0) + 1
        event = {
            "specversion": "1.0", "id": str(uuid4()), "source": "registry-api",
            "type": "organization.established" if revision == 1 else "organization.amended",
            "subject": organization_id, "time": "2016-01-04T01:02:03.000004Z",
            "sequence": str(len(self._events) + 1), "revision": revision,
            "datacontenttype": "application/json",
            "data": {
                "effective_on": effective_on, "actor": "tester", "reason": None,
                "areas": [], "change": None,
                "timeline": [{"from": a, "until": b, "state": c} for a, b, c in timeline],
            },
        }  # fmt: skip
        self._digest = chain("sha256", self._digest, canonical_json(event))
        self._events.append({**event, "digest": self._digest.hex()})

    async def _page(self, request: Request) -> Response:
        after, limit = int(request.query_params["after"]), int(request.query_params["limit"])
        events = self._events[after : after + limit]
        last = after + len(events)
        digest = self._events[last - 1]["digest"] if last else GENESIS.hex()
        page = {
            "events": events, "next_after": last, "head": len(self._events), "digest": digest,
            "digest_algorithm": "sha256",
        }  # fmt: skip
        return Response(orjson.dumps(page), media_type="application/json")

    def client(self) -> httpx.AsyncClient:
        """A client of the feed."""
        app = Starlette(routes=[Route("/v1/changes", self._page)])
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry")


@pytest.fixture
def registry() -> RegistryLedger:
    """An empty registry."""
    return RegistryLedger()


@pytest.fixture
async def follower(settings: Settings, registry: RegistryLedger) -> AsyncIterator[Follower]:
    """The router's follower, to be stepped by hand."""
    services = compose(settings)
    async with registry.client() as client:
        yield make_follower(services, client)
    await services.database.close()
