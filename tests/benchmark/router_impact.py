# ruff: noqa: T201
"""The impact of a new rule set over a whole register, against one plain GROUP BY over its rows.

A register of 865,000 organizations in one city's territory: the demo city's organizations, again
and again. Proposed is a rule set that moves every clinic to the city, and one that moves everyone.
Timed is all of it: distinct facts decided under both jurisdictions, moves written, digest taken.
At last a street is split, and counted is whom that touches.

    python -m tests.benchmark.router_impact [--organizations 865000]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import text

from demo_city import directory, organizations
from jurisdiction_router.assessment import rows as assessment_rows
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.change import DirectoryChange, places_within
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.facts import FactPeriod, facts_of
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import Candidate, Rule, RuleSet
from jurisdiction_router.core.rules.vocabulary import read_vocabulary
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.directory.requests import area_entry, body_entry
from jurisdiction_router.directory.schemas import DirectoryImport
from jurisdiction_router.factory import compose, migrations
from jurisdiction_router.facts import rows as fact_rows
from jurisdiction_router.impacts.compute import Proposal, impact_of
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.restructurings.plan import plan
from jurisdiction_router.settings import Settings
from local_runner.postgres.server import temporary_server
from servicekit.database import Database, copy_rows
from servicekit.ids import uuid7
from servicekit.testing import TestDatabases

GOAL = 10.0
TURNS = 5
TODAY = date(2018, 6, 14)
CHUNK = 50_000

STREET = "440305001"

_OF_STREET = text(
    "SELECT DISTINCT organization_id FROM fact_period JOIN fact ON fact.id = fact "
    "WHERE domicile LIKE :street OR registering LIKE :street"
)

Ratio = tuple[str, float, float]


def city_directory() -> Directory:
    """The demo city's areas and bodies."""
    given = DirectoryImport.model_validate(directory())
    change = DirectoryChange(
        [area_entry(area) for area in given.areas], [body_entry(body) for body in given.bodies]
    )
    return change.applied_to(Directory())


def moving(rule_set: RuleSet, rules: Callable[[Rule], bool]) -> RuleSet:
    """A rule set in which these rules name the city's health committee first."""
    first = Candidate("city_health_work_committee", "city", None, {})
    changed = [
        replace(r, supervising=(first, *r.supervising)) if r.supervising and rules(r) else r
        for r in rule_set.rules
    ]
    return replace(rule_set, id="proposed", rules=tuple(changed), valid_from=date(2017, 1, 1))


async def fill(database: Database, size: int) -> int:
    """Write `size` organizations' facts; how many of them are distinct."""
    documents = list(organizations())
    async with database.transaction() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        first = {uuid7(): (FactPeriod(_since(d), None, facts_of(d)),) for d in documents}
        await assessment_rows.write_periods(connection, first)
        facts = (await connection.execute(text("SELECT fact, valid_from FROM fact_period"))).all()

        def more() -> Iterator[tuple[Any, ...]]:
            for number in range(size - len(first)):
                row = facts[number % len(facts)]
                yield uuid7(), row.valid_from, None, row.fact

        columns = ("organization_id", "valid_from", "valid_until", "fact")
        await copy_rows(connection, "fact_period", columns, more())
        distinct = (await connection.execute(text("SELECT count(*) FROM fact"))).scalar_one()
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE fact_period"))
        await connection.execute(text("ANALYZE fact"))
    return int(distinct)


def _since(document: dict[str, Any]) -> date:
    registered = document["registration"]["registered_on"]
    return date.fromisoformat(registered) if registered else date(2010, 1, 1)


async def timed(action: Callable[[], Awaitable[object]]) -> float:
    """The median seconds of a few turns."""
    spent = []
    for _ in range(TURNS):
        started = time.perf_counter()
        await action()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent)


async def measure(database: Database, size: int) -> list[Ratio]:
    """Fill the register, time the GROUP BY and each proposal."""
    distinct = await fill(database, size)
    rule_set = read_rule_set(*read_text(read_packaged("shenzhen-2016.yaml")))
    words = read_vocabulary(read_packaged("vocabulary.yaml"))
    areas = city_directory()

    async def group() -> None:
        async with database.reading() as connection:
            rows = await connection.execute(
                text("SELECT fact, count(*) FROM fact_period GROUP BY fact")
            )
            rows.all()

    plain = await timed(group)
    print(f"{size:,} organizations, {distinct:,} distinct facts; GROUP BY {plain * 1000:.0f} ms")
    ratios = []
    for name, rules in (
        ("impact that moves every clinic", lambda r: r.row in {"7", "8"}),
        ("impact that moves everyone", lambda r: True),
    ):
        proposed = moving(rule_set, rules)
        old = replace(rule_set, valid_until=proposed.valid_from)

        async def once(proposed: RuleSet = proposed, old: RuleSet = old) -> None:
            async with database.transaction() as connection:
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
                before = Jurisdiction([rule_set], areas, words)
                proposal = Proposal(
                    before, before.with_rule_sets([old, proposed]),
                    await fact_rows.all_places(connection), TODAY, "bench\n",
                )  # fmt: skip
                await impact_of(connection, uuid7(), proposal)

        spent = await timed(once)
        async with database.reading() as connection:
            moved = (
                await connection.execute(
                    text("SELECT count(*) FROM impact_move GROUP BY impact LIMIT 1")
                )
            ).scalar_one()
        print(f"{name}: {spent * 1000:.0f} ms, {spent / plain:.1f}× the GROUP BY, {moved:,} moves")
        ratios.append((f"{GOAL:g} × a GROUP BY / {name}", GOAL * plain / spent, 1.0))
        async with database.transaction() as connection:
            await connection.execute(text("TRUNCATE impact, impact_flow, impact_move"))
    return [*ratios, await split_a_street(database, areas)]


async def split_a_street(database: Database, before: Directory) -> Ratio:
    """How many of those reassessed after a street split are organizations of that street."""
    parts = [{"code": STREET, "name": "一部分"}, {"code": "440305099", "name": "另一部分"}]
    split = plan(before, TODAY, [{"op": "split_area", "code": STREET, "parts": parts}])
    if split.violations:
        raise RuntimeError(str(split.violations))
    after = split.change.applied_to(before)
    async with database.reading() as connection:
        every = await fact_rows.all_places(connection)
        started = time.perf_counter()
        places = places_within(every, before, after, split.change.codes(before))
        touched = await assessment_rows.touched_organizations(connection, places)
        spent = time.perf_counter() - started
        found = await connection.execute(_OF_STREET, {"street": f"{STREET}%"})
    own = set(found.scalars())
    if not own <= set(touched):
        raise RuntimeError("organizations of the street are left out")
    print(
        f"a street split: {len(touched):,} organizations are reassessed, found in "
        f"{spent * 1000:.0f} ms; {len(own):,} lie in that street"
    )
    return "of that street / reassessed after its split", len(own) / len(touched), 1.0


async def run(size: int) -> list[Ratio]:
    """A server and a database of the router, measured."""
    with temporary_server() as server, tempfile.TemporaryDirectory() as folder:
        url = await TestDatabases(server.url("postgres")).create(None)
        settings = Settings(database_url=SecretStr(url), jwks_file=Path(folder) / "none")
        await asyncio.to_thread(migrations(settings).upgrade)
        services = compose(settings)
        try:
            return await measure(services.database, size)
        finally:
            await services.database.close()


def main() -> list[Ratio]:
    """Measure and print; the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=865_000)
    return asyncio.run(run(parser.parse_args().organizations))


if __name__ == "__main__":
    main()
