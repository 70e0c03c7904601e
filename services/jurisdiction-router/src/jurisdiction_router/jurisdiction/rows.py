"""The edition that says whether a loaded jurisdiction is still the newest."""

from dataclasses import replace
from datetime import date
from typing import Literal

import orjson
from sqlalchemy import (
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.directory.directory import (
    Area,
    Body,
    Directory,
    FormerName,
    OtherCode,
    ParentEdge,
    Succession,
)
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet

_EDITION = {
    None: text("SELECT edition FROM jurisdiction_edition"),
    "shared": text("SELECT edition FROM jurisdiction_edition FOR SHARE"),
    "alone": text("SELECT edition FROM jurisdiction_edition FOR UPDATE"),
}
_AREAS = text("SELECT code, name, level, valid_from, valid_until, former_names FROM area")
_EDGES = text("SELECT child, parent, valid_from, valid_until FROM area_parent")
_SUCCESSIONS = text("SELECT code, successor, valid_from FROM area_successor")
_CODES = text(
    "SELECT area, system, code, valid_from, valid_until FROM area_code "
    "ORDER BY area, system, valid_from"
)
_BODIES = text(
    "SELECT id, kind, name, area_code, system, valid_from, valid_until, successor, former_names "
    "FROM body"
)


async def edition(
    connection: AsyncConnection, lock: Literal["shared", "alone"] | None = None
) -> int:
    """The edition of directory and rule sets, locked until the transaction ends if asked for.

    With a lock, the transaction has no statement timeout: whoever waits here waits for a
    reassessment, which may take minutes, and giving up would park a follower's events.
    """
    if lock is not None:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
    result = await connection.execute(_EDITION[lock])
    return int(result.scalar_one())


async def next_edition(connection: AsyncConnection) -> None:
    """Say that directory or rule sets have changed; the caller holds the edition alone."""
    await connection.execute(text("UPDATE jurisdiction_edition SET edition = edition + 1"))


async def load_directory(connection: AsyncConnection) -> Directory:
    """Every area, parent edge, succession and body."""
    codes: dict[str, tuple[OtherCode, ...]] = {}
    for row in await connection.execute(_CODES):
        codes[row[0]] = (*codes.get(row[0], ()), OtherCode(*row[1:]))
    areas = await connection.execute(_AREAS)
    edges = await connection.execute(_EDGES)
    bodies = await connection.execute(_BODIES)
    successions = await connection.execute(_SUCCESSIONS)
    return Directory(
        (
            Area(
                row.code,
                row.name,
                row.level,
                row.valid_from,
                row.valid_until,
                _names(row.former_names),
                codes.get(row.code, ()),
            )
            for row in areas
        ),
        (ParentEdge(*row) for row in edges),
        (Body(**{**row, "former_names": _names(row["former_names"])}) for row in bodies.mappings()),
        (Succession(*row) for row in successions),
    )


def _names(stored: str) -> tuple[FormerName, ...]:
    if stored == "[]":
        return ()
    return tuple(
        FormerName(name, date.fromisoformat(until)) for name, until in orjson.loads(stored)
    )


async def load_rule_sets(connection: AsyncConnection) -> list[RuleSet]:
    """The rule sets that are ever in force, each with the period in which it is."""
    rows = await connection.execute(
        text(
            "SELECT content, enactment.valid_from, enactment.valid_until "
            "FROM enactment JOIN rule_set ON rule_set.id = enactment.rule_set "
            "ORDER BY enactment.scope, enactment.valid_from"
        )
    )
    read: dict[str, RuleSet] = {}
    rule_sets = []
    for row in rows:
        if row.content not in read:
            read[row.content] = read_rule_set(orjson.loads(row.content), stored=True)
        rule_sets.append(
            replace(read[row.content], valid_from=row.valid_from, valid_until=row.valid_until)
        )
    return rule_sets
