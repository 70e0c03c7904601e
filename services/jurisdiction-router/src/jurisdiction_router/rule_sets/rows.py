"""Rows of rule sets and of their enactments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.rule_sets.enactments import Enactment
from jurisdiction_router.tables import enactment, rule_set

_FIND = text(
    "SELECT id, revision, digest, scope, content, document, authors, proof, proved, plan, stopped "
    "FROM rule_set WHERE id = :id"
)
_LOCK = text(
    "SELECT id, revision, digest, scope, content, document, authors, proof, proved, plan, stopped "
    "FROM rule_set WHERE id = :id FOR UPDATE"
)
_LOCK_ID = text("SELECT pg_advisory_xact_lock(hashtextextended('rule_set:' || :id, 0))")
_ALL = text(
    "SELECT id, revision, digest, scope, content, document, authors, proof, proved, plan, stopped "
    "FROM rule_set ORDER BY id"
)
_PLANNED = text(
    "SELECT id, revision, digest, scope, content, document, authors, proof, proved, plan, stopped "
    "FROM rule_set WHERE planned_for IS NOT NULL ORDER BY planned_for, id"
)
_DUE = text("SELECT id FROM rule_set WHERE planned_for <= :today ORDER BY planned_for, id")
_NOTIFY = text("SELECT pg_notify(:channel, '')")
_ENACTMENTS = text(
    "SELECT scope, valid_from, valid_until, rule_set FROM enactment ORDER BY scope, valid_from"
)


@dataclass(frozen=True, slots=True)
class RuleSetRow:
    """A rule set as it is stored, in whatever stage of its life."""

    id: str
    revision: int
    digest: str
    scope: str
    content: str
    document: dict[str, Any]
    authors: tuple[str, ...]
    proof: dict[str, Any] | None = None
    proved: bool = False
    plan: dict[str, Any] | None = None
    stopped: dict[str, Any] | None = None

    def rule_set(self) -> RuleSet:
        """What its content says; it was checked when it came in."""
        return read_rule_set(orjson.loads(self.content), stored=True)


async def find(connection: AsyncConnection, rule_set_id: str) -> RuleSetRow | None:
    """A rule set, None when there is none of that id."""
    return _row((await connection.execute(_FIND, {"id": rule_set_id})).one_or_none())


async def lock(connection: AsyncConnection, rule_set_id: str) -> RuleSetRow | None:
    """The same, held until the transaction ends; so is the id of one that is not there yet."""
    await connection.execute(_LOCK_ID, {"id": rule_set_id})
    return _row((await connection.execute(_LOCK, {"id": rule_set_id})).one_or_none())


async def all_rows(connection: AsyncConnection) -> list[RuleSetRow]:
    """Every rule set, by id."""
    rows = await connection.execute(_ALL)
    return [row for row in map(_row, rows) if row is not None]


async def due(connection: AsyncConnection, today: date) -> list[str]:
    """The rule sets whose approved plan is due, the earliest first."""
    return list((await connection.execute(_DUE, {"today": today})).scalars())


async def planned(connection: AsyncConnection) -> list[RuleSetRow]:
    """The rule sets that have an approved plan, the earliest first."""
    rows = await connection.execute(_PLANNED)
    return [row for row in map(_row, rows) if row is not None]


async def write(connection: AsyncConnection, row: RuleSetRow) -> None:
    """Insert or replace a rule set."""
    values = {
        "id": row.id,
        "revision": row.revision,
        "digest": row.digest,
        "scope": row.scope,
        "content": row.content,
        "document": _json(row.document),
        "authors": list(row.authors),
        "proof": _json(row.proof),
        "proved": row.proved,
        "plan": _json(row.plan),
        "stopped": _json(row.stopped),
        "planned_for": date.fromisoformat(row.plan["from"]) if row.plan else None,
    }
    updated = await connection.execute(
        rule_set.update().where(rule_set.c.id == row.id).values(values)
    )
    if not updated.rowcount:
        await connection.execute(rule_set.insert().values(values))


async def wake(connection: AsyncConnection, channel: str) -> None:
    """Wake those who listen on a channel, as soon as the transaction commits."""
    await connection.execute(_NOTIFY, {"channel": channel})


async def enactments(connection: AsyncConnection) -> list[Enactment]:
    """Every enactment, by scope and date."""
    rows = await connection.execute(_ENACTMENTS)
    return [Enactment(row.scope, row.valid_from, row.rule_set, row.valid_until) for row in rows]


async def write_enactments(connection: AsyncConnection, enactments: Iterable[Enactment]) -> None:
    """Replace all enactments: they are few."""
    await connection.execute(enactment.delete())
    values = [
        {
            "scope": each.scope,
            "valid_from": each.valid_from,
            "valid_until": each.valid_until,
            "rule_set": each.rule_set,
        }
        for each in enactments
    ]
    if values:
        await connection.execute(enactment.insert(), values)


def _row(row: Any) -> RuleSetRow | None:
    if row is None:
        return None
    return RuleSetRow(
        id=row.id,
        revision=row.revision,
        digest=row.digest,
        scope=row.scope,
        content=row.content,
        document=orjson.loads(row.document),
        authors=tuple(row.authors),
        proof=_value(row.proof),
        proved=row.proved,
        plan=_value(row.plan),
        stopped=_value(row.stopped),
    )


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _value(stored: str | None) -> dict[str, Any] | None:
    return None if stored is None else orjson.loads(stored)
