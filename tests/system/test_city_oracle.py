"""Every indicator by every dimension and pair of the demo city, against plain Python.

The whole demo city is loaded once into the real platform, lives through some hundred dated events,
and is counted at two editions. What metrics answers is held against the registry's and the
router's own exports, taken when each edition was the newest.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import httpx
import orjson
import pytest
from pydantic import SecretStr

from local_runner.cli import rule_set_file
from local_runner.loading.demo import whole_city
from local_runner.loading.load import Addresses, DemoLoad
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER, Ports
from metrics_api.core.definitions.dimensions import DIMENSIONS
from metrics_api.counting.request import CoverageRequest
from metrics_api.factory import Factory
from metrics_api.settings import MetricsSettings
from servicekit.time import SystemClock
from tests.system.city_events import CityLife, first_years, later_knowledge
from tests.system.city_oracle import CityOracle, Counts, Document
from tests.system.clients import in_step

pytestmark = pytest.mark.system

PAST = (date(2016, 6, 30), date(2017, 12, 31), date(2020, 6, 30))


@dataclass
class Known:
    """What both services told of one day when `edition` was the newest."""

    edition: int
    day: date
    oracle: CityOracle


@dataclass
class OldCity:
    """The city with its life behind it, and what was known of it."""

    platform: Platform
    client: httpx.AsyncClient
    factory: Factory
    life: CityLife
    known: list[Known] = field(default_factory=list)

    @property
    def today(self) -> date:
        return SystemClock().today()

    async def remember(self) -> int:
        """Keep what the services tell of every day now; the edition that is the newest."""
        await in_step(self.client, self.platform)
        edition = await self.newest_edition()
        for day in (*PAST, self.today):
            oracle = CityOracle(
                day,
                await self.exported(REGISTRY, "organizations", day),
                await self.exported(ROUTER, "assignments", day),
                list(whole_city().directory["areas"]),
            )
            self.known.append(Known(edition, day, oracle))
        return edition

    async def newest_edition(self) -> int:
        answer = await self.client.get(f"{self.platform.url(METRICS)}/v1/freshness")
        edition: int = answer.json()["recorded"]["edition"]
        return edition

    async def exported(
        self, service: object, what: str, day: date, **filters: str
    ) -> list[Document]:
        params = {"format": "ndjson", "valid_on": day.isoformat(), **filters}
        url = f"{self.platform.url(service)}/v1/{what}/export"  # type: ignore[arg-type]
        answer = await self.client.get(url, params=params)
        assert answer.status_code == httpx.codes.OK, answer.text
        return [orjson.loads(line) for line in answer.content.splitlines()]


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    """A data folder that any account may enter: the database server does not run as root."""
    root = Path(tempfile.mkdtemp(prefix="platform-"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
async def city(data_folder: Path) -> AsyncIterator[OldCity]:
    """Loaded once; two editions remembered."""
    async with Platform(data_folder, Ports.free(), durable=False) as platform:
        headers = {"authorization": f"Bearer {platform.issuer.token()}"}
        settings = MetricsSettings(
            database_url=SecretStr(platform.postgres.url("metrics")), pool_size=2
        )
        factory = Factory(settings)
        async with httpx.AsyncClient(headers=headers, timeout=120, trust_env=False) as client:
            await _load(platform, data_folder)
            listed = await client.get(f"{platform.url(REGISTRY)}/v1/organizations/export")
            documents = [orjson.loads(line) for line in listed.content.splitlines()]
            areas = whole_city().directory["areas"]
            streets = [area["code"] for area in areas if area["level"] == "street"]
            life = CityLife(client, platform.url(REGISTRY), documents, streets)
            city = OldCity(platform, client, factory, life)
            await first_years(life)
            first = await city.remember()
            await later_knowledge(life)
            assert await city.remember() > first
            await factory.live_copy.load()
            yield city
        await factory.upstream.close()
        await factory.database.close()
    platform.postgres.wipe()


async def _load(platform: Platform, root: Path) -> None:
    rest = Rest(platform.issuer.token)
    approver = Rest(lambda: platform.issuer.token(["router:approve"], client="approver"))
    at = Addresses(*(platform.url(service) for service in (REGISTRY, ROUTER, METRICS)))
    try:
        await DemoLoad(rest, approver, at, whole_city(), root, rule_set_file()).run(lambda *_: None)
    finally:
        await rest.close()
        await approver.close()


async def counted(city: OldCity, known: Known, indicator: str, *by: str) -> Counts:
    """What metrics counts."""
    request = CoverageRequest(indicator, by, valid_on=known.day, edition=known.edition)
    count = (await city.factory.count_coverage.answer(request)).count
    assert count.total.denominator == count.groups["denominator"].sum()
    rows = count.groups.select(*by, "numerator", "denominator").iter_rows()
    if count.total.divisors == (1, 1):
        return {tuple(row[:-2]): row[-2:] for row in rows}
    above, below = count.total.divisors
    return {tuple(row[:-2]): (Fraction(row[-2], above), Fraction(row[-1], below)) for row in rows}


async def told(city: OldCity, known: Known, indicator: str, *by: str) -> Counts:
    """What metrics answers over REST."""
    params: dict[str, str | int] = {
        "indicator": indicator, "valid_on": known.day.isoformat(), "edition": known.edition,
    }  # fmt: skip
    if by:
        params["group_by"] = ",".join(by)
    url = f"{city.platform.url(METRICS)}/v1/coverage"
    answer = await city.client.get(url, params=params)
    assert answer.status_code == httpx.codes.OK, answer.text
    document = answer.json()
    divisors = document["divisors"]

    def exact(tally: Document) -> tuple[Fraction, Fraction]:
        above, below = (
            Fraction(tally[side], divisors[side]) for side in ("numerator", "denominator")
        )
        return above, below

    if not by:
        return {(): exact(document["total"])}
    return {tuple(it["by"][name] for name in by): exact(it) for it in document["groups"]}


def test_the_oracle_knows_every_indicator_and_dimension(city: OldCity) -> None:
    for known in city.known:
        assert set(known.oracle.indicators) == set(city.factory.definitions.indicators)
        assert set(known.oracle.dimensions) == set(DIMENSIONS)
        assert len(known.oracle.documents) >= 10_000
    assert city.life.entered >= 400


async def test_every_indicator_by_every_dimension_is_equal_to_the_organization(
    city: OldCity,
) -> None:
    for known in city.known:
        for by in [(), *((name,) for name in DIMENSIONS)]:
            for indicator, expected in known.oracle.counts(by).items():
                found = await told(city, known, indicator, *by)
                assert found == (expected if by else {(): (0, 0)} | expected), (
                    known.day, known.edition, indicator, by,
                )  # fmt: skip


async def test_every_indicator_by_every_pair_is_equal_to_the_organization(city: OldCity) -> None:
    for known in city.known:
        for by in combinations(DIMENSIONS, 2):
            expected = known.oracle.counts(by)
            found = await asyncio.gather(
                *(counted(city, known, indicator, *by) for indicator in expected)
            )
            assert dict(zip(expected, found, strict=True)) == expected, (
                known.edition,
                known.day,
                by,
            )


async def test_a_body_with_those_beneath_it_is_what_the_router_finds_under_it(
    city: OldCity,
) -> None:
    newest = city.known[-1].edition
    kinds: dict[str, str] = {}
    for body in whole_city().directory["bodies"]:
        kinds.setdefault(body["kind"], body["id"])
    found = 0
    for known in (known for known in city.known if known.edition == newest):
        documents = {document["id"]: document for document in known.oracle.documents}
        for body in kinds.values():
            under = await city.exported(ROUTER, "assignments", known.day, under_body=body)
            active = [
                documents[answer["organization_id"]]
                for answer in under
                if documents.get(answer["organization_id"], {}).get("status") == "active"
            ]
            params = {
                "indicator": "organizational_coverage", "under_body": body,
                "valid_on": known.day.isoformat(), "edition": str(newest),
            }  # fmt: skip
            url = f"{city.platform.url(METRICS)}/v1/coverage"
            total = (await city.client.get(url, params=params)).json()["total"]
            formed = sum(document["party"]["organization"] is not None for document in active)
            assert (total["numerator"], total["denominator"]) == (formed, len(active)), (
                known.day, body,
            )  # fmt: skip
            found += len(active)
    assert found > 10_000


def test_the_two_editions_and_the_days_differ(city: OldCity) -> None:
    whole = [known.oracle.counts(("street", "party_mode")) for known in city.known]
    seen = [counts["organizational_coverage"] for counts in whole]
    assert all(one != other for one, other in combinations(seen, 2))


async def test_who_never_was_or_was_merged_is_in_no_count(city: OldCity) -> None:
    life, today = city.life, city.today
    [voided] = life.pick(1, formed=True)
    ended, survivor = life.pick(2, formed=True)
    before = await city.newest_edition()
    await life.void(voided)
    await life.merge(ended, survivor, date(2019, 7, 1))
    await in_step(city.client, city.platform)
    after = await city.newest_edition()
    indicator = "in_operation_rate"
    for day, fewer in ((PAST[0], {voided}), (PAST[2], {voided, ended}), (today, {voided, ended})):
        then = await _members(city, indicator, before, day)
        assert then - await _members(city, indicator, after, day) == fewer
        assert await _members(city, indicator, after, day) <= then
        [(known, count)] = (await told(city, Known(after, day, city.known[0].oracle),
                                       indicator)).items()  # fmt: skip
        assert known == ()
        assert count[1] == len(then) - len(fewer)
    for organization, told_of in ((voided, 404), (ended, 200)):
        url = f"{city.platform.url(METRICS)}/v1/organizations/{organization}/standing"
        assert (await city.client.get(url)).status_code == told_of


async def _members(city: OldCity, indicator: str, edition: int, day: date) -> set[str]:
    """Everybody in the denominator, over all pages."""
    params: dict[str, str | int] = {
        "indicator": indicator, "part": "denominator", "edition": edition,
        "valid_on": day.isoformat(), "limit": 1000, "count": "exact",
    }  # fmt: skip
    found: list[str] = []
    while True:
        url = f"{city.platform.url(METRICS)}/v1/coverage/members"
        page = (await city.client.get(url, params=params)).json()
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            assert len(found) == len(set(found)) == page["count"]
            return set(found)
        params["cursor"] = page["next_cursor"]
