"""The speech's targets over two simulated years: attained or missed, to the organization.

A part of the demo city is imported into a real registry as of the end of 2015; two years of events
follow through its REST API, some entered late. What metrics says of each target, and whom it lists
as missing, is held against plain Python over the registry's own export as of each deadline.
"""

import json
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from tests.metrics_api.feeds import feed_of
from tests.registry_api.import_files import imported

from demo_city import organizations
from metrics_api.factory import Factory
from metrics_api.facts.follow import followers
from metrics_api.facts.upstream import Upstream
from metrics_api.main import build_api
from metrics_api.settings import MetricsSettings
from registry_api.main import build as build_registry
from registry_api.settings import Settings as RegistrySettings
from servicekit.testing import AUDIENCE, ISSUER, FixedClock, TestDatabases, TestKeys, running

Document = dict[str, Any]

FROM_EACH_GRADE = 25
SPEECH = date(2016, 6, 14)
AFTERWARDS = date(2018, 7, 1)
FORMED_BY: dict[str, tuple[float, float]] = {"5A": (1.0, 1.0), "4A": (0.9, 0.97), "3A": (0.3, 0.97)}
"""By grade: how likely one without a Party organization forms it by the end of 2016, of 2017."""

GOALS = {
    "formation_5a_2016": ("5A", date(2016, 12, 31), (100, 100)),
    "formation_4a_2016": ("4A", date(2016, 12, 31), (80, 100)),
    "formation_3a_2016": ("3A", date(2016, 12, 31), (60, 100)),
    "formation_4a_2017": ("4A", date(2017, 12, 31), (95, 100)),
    "formation_3a_2017": ("3A", date(2017, 12, 31), (95, 100)),
    "charter_inclusion_2018": (None, date(2018, 6, 14), (90, 100)),
}
"""The speech's targets, written out by hand: grade, deadline, share."""


def part_of_the_city() -> list[Document]:
    """Some of each grade and some of none, as they stood at the end of 2015."""

    def of(level: str | None) -> Iterator[Document]:
        return (d for d in organizations() if (d["grade"] or {}).get("level") == level)

    return [d for level in ("5A", "4A", "3A", None) for d in islice(of(level), FROM_EACH_GRADE)]


def two_years(random: Random, city: list[Document]) -> list[tuple[str, date, Document]]:
    """What happens: (credit code, day, merge patch), in the order in which it is entered."""
    events = []
    for document in city:
        grade = (document["grade"] or {}).get("level")
        first, second = FORMED_BY.get(grade or "", (0.2, 0.4))
        happening: list[tuple[date, Document]] = []
        if document["party"]["organization"] is None:
            chance = random.random()
            year = 2016 if chance < first else 2017 if chance < second else None
            if year:
                happening.append((_day(random, year), {"party": _formed(random)}))
        elif random.random() < 0.04:
            happening.append((_day(random, 2016), {"party": {"organization": None}}))
        if document["charter"]["state"] != "included" and random.random() < 0.9:
            day = SPEECH + timedelta(days=random.randrange(740))
            included = {"state": "included", "wording": None, "on": day.isoformat()}
            happening.append((day, {"charter": included}))
        if random.random() < 0.06:
            happening.append((_day(random, 2017), {"status": "suspended"}))
        if grade and random.random() < 0.08:
            level = random.choice(["3A", "4A", "5A", "none"])
            day = _day(random, 2016)
            graded = {"level": level, "announced_on": day.isoformat(), "valid_until": None}
            happening.append((day, {"grade": graded}))
        if random.random() < 0.1:
            happening.append((_day(random, 2017), {"party": {"full_members": random.randrange(6)}}))
        events += [(document["credit_code"], day, patch) for day, patch in happening]
    events.sort(key=lambda event: event[1] + timedelta(days=random.choice([0, 0, 0, 90, 400])))
    return events


def _day(random: Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=random.randrange(365))


def _formed(random: Random) -> Document:
    mode = random.choice(["solo", "joint"])
    form = "branch" if mode == "solo" else "joint_branch"
    return {
        "full_members": random.randrange(3, 8),
        "organization": {"form": form, "mode": mode, "with": [], "established_on": None},
    }


@asynccontextmanager
async def city_of_two_years(
    databases: TestDatabases, keys: TestKeys
) -> AsyncIterator[httpx.AsyncClient]:
    """A registry in which the two years have happened."""
    url = await databases.create("registry_api")
    settings = RegistrySettings(
        database_url=SecretStr(url), jwks_file=keys.jwks_file, issuer=ISSUER, audience=AUDIENCE
    )
    city = part_of_the_city()
    file = "\n".join(json.dumps(document, ensure_ascii=False) for document in city).encode()
    async with running(
        build_registry(settings, FixedClock(AFTERWARDS)), **keys.headers()
    ) as registry:
        job = await imported(registry, file, effective_on="2015-12-31", format="ndjson")
        assert job["state"] == "succeeded", job
        ids = {row["credit_code"]: row["id"] for row in await exported(registry, AFTERWARDS)}
        assert len(ids) == len(city)
        for code, day, change in two_years(Random(20160614), city):  # noqa: S311
            answer = await registry.post(
                f"/v1/organizations/{ids[code]}/amendments",
                json={"effective_on": day.isoformat(), "change": change},
                headers={"if-match": "*"},
            )
            assert answer.status_code == 200, answer.text
        yield registry
    await databases.drop(url)


async def exported(registry: httpx.AsyncClient, day: date) -> list[Document]:
    """Every organization as it stood on `day`."""
    params = {"format": "ndjson", "valid_on": day.isoformat()}
    answer = await registry.get("/v1/organizations/export", params=params)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
async def counted(
    settings: MetricsSettings, databases: TestDatabases, keys: TestKeys
) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Metrics, having followed that registry, and the registry."""
    async with (
        city_of_two_years(databases, keys) as registry,
        feed_of("jurisdiction-router", databases, keys) as router,
    ):
        clock = FixedClock(AFTERWARDS)
        factory = Factory(settings, clock, Upstream(registry, router.client))
        async with running(build_api(factory), **keys.headers("metrics:read")) as metrics:
            head = (await registry.get("/v1/changes?limit=1")).json()["head"]
            [follower, _] = followers(factory.database, registry, router.client)
            while factory.live_copy.served.edition.registry_position < head:
                await follower.step()
                await factory.live_copy.refresh()
            yield metrics, registry


def has_party(document: Document) -> bool:
    return document["party"]["organization"] is not None


def is_eligible(document: Document) -> bool:
    return (document["party"]["full_members"] or 0) >= 3


def is_included(document: Document) -> bool:
    return bool(document["charter"]["state"] == "included")


READINGS: dict[str, tuple[str, Callable[[Document], bool], Callable[[Document], bool]]] = {
    "formation/all": ("organizational_coverage", lambda d: True, has_party),
    "formation/eligible": ("eligible_coverage", is_eligible, has_party),
    "charter/all": ("charter_inclusion", lambda d: True, is_included),
}


async def listed_gap(
    metrics: httpx.AsyncClient, indicator: str, grade: str | None, day: date
) -> set[str]:
    params: dict[str, Any] = {
        "indicator": indicator, "part": "gap", "valid_on": day.isoformat(), "limit": 1000,
    }  # fmt: skip
    if grade:
        params["grade"] = grade
    answer = await metrics.get("/v1/coverage/members", params=params)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def test_each_target_of_the_speech_is_attained_or_missed_to_the_organization(
    counted: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    metrics, registry = counted
    told = {t["id"]: t for t in (await metrics.get("/v1/targets")).json()["targets"]}
    assert set(told) == set(GOALS)
    judged = set()
    for name, (grade, deadline, (hundredths, hundred)) in GOALS.items():
        then = [
            document
            for document in await exported(registry, deadline)
            if document["status"] == "active"
            and (grade is None or (document["grade"] or {}).get("level") == grade)
        ]
        assert told[name]["valid_on"] == deadline.isoformat()
        for variant in told[name]["variants"]:
            indicator, asked, holds = READINGS[f"{name.split('_')[0]}/{variant['id']}"]
            whom = [document for document in then if asked(document)]
            covered = [document for document in whom if holds(document)]
            needed = math.ceil(hundredths * len(whom) / hundred)
            assert variant["indicator"] == indicator
            assert (variant["denominator"], variant["numerator"]) == (len(whom), len(covered))
            assert variant["missing"] == max(0, needed - len(covered)), (name, variant)
            assert variant["attained"] == (len(covered) >= needed)
            gap = await listed_gap(metrics, indicator, grade, deadline)
            assert gap == {d["id"] for d in whom} - {d["id"] for d in covered}
            judged.add(variant["attained"])
    assert judged == {True, False}
