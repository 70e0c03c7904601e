"""Rows of assignments: filters, pages and counts of today; events of the ledger for the past."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.tables import assignment, decision

EXACT = ("outcome", "rule_set", "rule", "basis", "body_id", "body_kind")
"""Filters that compare a column with one of the given values."""

_DOCUMENT = text(
    '\'{"organization_id":"\' || organization_id || \'","area":"\' || area || '
    '\'","valid_from":"\' || valid_from || \'","valid_until":\' || '
    "coalesce('\"' || valid_until || '\"', 'null') || ',' || substr(state, 2) AS document"
)
"""The document of an assignment, made from its columns and its stored state."""

_READ = text(
    """
    WITH stored AS (
        SELECT *, valid_from <= :day AND (valid_until IS NULL OR valid_until > :day) AS current
        FROM assignment WHERE organization_id = :id
    )
    SELECT array_agg(DISTINCT area) AS areas,
           '[' || string_agg(
               '{"from":"' || valid_from || '","until":' ||
               coalesce('"' || valid_until || '"', 'null') || ',"state":' || state || '}',
               ',' ORDER BY valid_from) || ']' AS history,
           (SELECT '{"organization_id":"' || organization_id || '","area":"' || area ||
                   '","valid_from":"' || valid_from || '","valid_until":' ||
                   coalesce('"' || valid_until || '"', 'null') ||
                   ',"decision":"' || digest || '",' || substr(document, 2)
            FROM stored JOIN decision ON digest = stored.decision WHERE current) AS document,
           (SELECT area FROM stored WHERE current) AS area,
           (SELECT assignment_revision FROM organization WHERE id = :id) AS revision
    FROM stored
    """
)
_POSITION_AT = text("SELECT coalesce(max(position), 0) FROM ledger WHERE recorded_at <= :moment")
_DIGEST_AT = text("SELECT encode(digest, 'hex') FROM ledger WHERE position = :position")
_EVERYONE = text(
    "SELECT id FROM organization "
    "WHERE CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid) ORDER BY id LIMIT :limit"
)
_TOUCHING = text(
    "SELECT id FROM organization "
    "WHERE (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)) AND EXISTS "
    "(SELECT FROM ledger WHERE subject = CAST(organization.id AS text) AND position <= :position "
    "AND EXISTS (SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns))) "
    "ORDER BY id LIMIT :limit"
).bindparams(bindparam("patterns", type_=ARRAY(Text)))
_EVENTS = text(
    "SELECT subject, event FROM ledger WHERE subject = ANY(:subjects) AND position <= :position "
    "ORDER BY subject, revision"
).bindparams(bindparam("subjects", type_=ARRAY(Text)))
_HISTORY = text(
    "SELECT event FROM ledger WHERE subject = :subject AND position <= :position "
    "AND (CAST(:patterns AS text[]) IS NULL "
    "OR EXISTS (SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns))) "
    "ORDER BY revision"
).bindparams(bindparam("patterns", type_=ARRAY(Text)))
_REVISION_AT = text(
    "SELECT max(revision) FROM ledger WHERE subject = :subject AND position <= :position"
)
_DECISION = text("SELECT document FROM decision WHERE digest = :digest")
_AREAS = text(
    "SELECT digest, area FROM decision, LATERAL (SELECT CAST(document AS jsonb) AS d) AS parsed, "
    "LATERAL (SELECT CASE WHEN d #>> '{facts,domicile}' IS NOT NULL THEN 'domicile' "
    "ELSE 'registering' END AS side) AS sides, "
    "LATERAL (SELECT coalesce(d #>> ARRAY['trace','place',side,'community'], "
    "d #>> ARRAY['trace','place',side,'street'], d #>> ARRAY['trace','place',side,'district'], "
    "d #>> ARRAY['trace','place',side,'city'], d #>> ARRAY['trace','place',side,'province'], "
    "d #>> ARRAY['facts',side], '') AS area) AS found WHERE digest = ANY(:digests)"
).bindparams(bindparam("digests", type_=ARRAY(Text)))


class DocumentPage(NamedTuple):
    """A page: a JSON array of documents, the last id on it, and how many there are."""

    documents: str
    last: UUID | None
    size: int


def conditions(
    filters: Mapping[str, Sequence[str]], valid_on: date, patterns: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    """SQL conditions of what holds on `valid_on`; `area` takes prefixes of division codes."""
    columns = assignment.c
    where: list[ColumnElement[bool]] = [
        columns.valid_from <= valid_on,
        or_(columns.valid_until.is_(None), columns.valid_until > valid_on),
    ]
    where += [columns[name].in_(values) for name, values in filters.items() if name in EXACT]
    if "flag" in filters:
        flags = bindparam(None, list(filters["flag"]), type_=ARRAY(Text))
        where.append(columns.flags.bool_op("&&")(flags))
    where += [HEALTH[name]() for name in filters.get("health", ())]
    if "flip" in filters:
        where.append(_decided(decision.c.flip.in_(filters["flip"])))
    if "area" in filters:
        where.append(_like_any([f"{value}%" for value in filters["area"]]))
    if patterns is not None:
        where.append(_like_any(list(patterns)))
    return where


def _inferred() -> ColumnElement[bool]:
    return assignment.c.basis == "I"


def _one_fact_away() -> ColumnElement[bool]:
    return _decided(decision.c.flip.is_not(None))


def _affiliation_disagrees() -> ColumnElement[bool]:
    return _decided(
        decision.c.affiliation.not_in(["none", "other"]),
        decision.c.affiliation != func.coalesce(assignment.c.body_kind, ""),
    )


def _decided(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(decision.c.digest == assignment.c.decision, *conditions)


HEALTH: Final = {
    "inference_only": _inferred,
    "one_fact_away": _one_fact_away,
    "affiliation_disagrees": _affiliation_disagrees,
}
"""Where a rule may not fit: it rests on inference alone, one other fact would give another body,
the recorded affiliation names another kind of body than the one that supervises."""


def _like_any(patterns: list[str]) -> ColumnElement[bool]:
    return assignment.c.area.like(any_(bindparam(None, patterns, type_=ARRAY(Text))))


async def page(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    after: UUID | None,
    limit: int,
) -> DocumentPage:
    """Up to `limit` assignments in the order of their organizations, after `after`."""
    columns = assignment.c
    rows = select(
        columns.organization_id,
        _DOCUMENT,
    ).where(*where)
    if after is not None:
        rows = rows.where(columns.organization_id > after)
    inner = rows.order_by(columns.organization_id).limit(limit).subquery()
    glued = func.string_agg(
        literal_column("document"), aggregate_order_by(literal(","), inner.c.organization_id)
    )
    last = func.array_agg(
        aggregate_order_by(inner.c.organization_id, inner.c.organization_id.desc())
    )[1]
    statement = select(glued, last, func.count()).select_from(inner)
    row = (await connection.execute(statement)).one()
    return DocumentPage(f"[{row[0] or ''}]", row[1], row[2])


async def count(connection: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> int:
    """How many assignments meet the conditions."""
    statement = select(func.count()).select_from(assignment).where(*where)
    return int((await connection.execute(statement)).scalar_one())


async def counts(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]]
) -> list[dict[str, Any]]:
    """How many assignments there are of each outcome, rule and kind of body."""
    keys = (assignment.c.outcome, assignment.c.rule_set, assignment.c.rule, assignment.c.body_kind)
    statement = select(*keys, func.count().label("count")).where(*where).group_by(*keys)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def counts_by_basis(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]]
) -> list[dict[str, Any]]:
    """How many assignments rest on what, the most frequent basis first."""
    total = func.count().label("count")
    statement = select(assignment.c.basis, total).where(*where).group_by(assignment.c.basis)
    ordered = statement.order_by(total.desc(), assignment.c.basis)
    return [dict(row) for row in (await connection.execute(ordered)).mappings()]


async def counts_by_flip(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]]
) -> list[dict[str, Any]]:
    """How many assignments are one fact away from another body, by that fact."""
    total = func.count().label("count")
    flip = decision.c.flip.label("attribute")
    statement = (
        select(flip, total)
        .select_from(assignment)
        .join(decision, decision.c.digest == assignment.c.decision)
        .where(*where, flip.is_not(None))
        .group_by(flip)
        .order_by(total.desc(), flip)
    )
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def read_assignment(
    connection: AsyncConnection, organization_id: UUID, valid_on: date
) -> Any:
    """One row: `area` and `document` of the day's assignment, and the `history` around it.

    `document` is null on a day without an assignment; None when nothing is stored at all.
    """
    row = (await connection.execute(_READ, {"id": organization_id, "day": valid_on})).one()
    return None if row.history is None else row


async def position_at(connection: AsyncConnection, moment: datetime) -> int:
    """The last position recorded up to a moment; 0 before the first."""
    return int((await connection.execute(_POSITION_AT, {"moment": moment})).scalar_one())


async def digest_at(connection: AsyncConnection, position: int) -> str:
    """The chain at a position, in hexadecimal."""
    result = await connection.execute(_DIGEST_AT, {"position": position})
    return result.scalar_one_or_none() or "00" * 32


async def organizations(
    connection: AsyncConnection,
    position: int,
    patterns: Sequence[str] | None,
    after: UUID | None,
    limit: int,
) -> list[UUID]:
    """Up to `limit` ids after `after`; with `patterns`, of those that had touched them by then."""
    if patterns is None:
        result = await connection.execute(_EVERYONE, {"after": after, "limit": limit})
    else:
        values = {"after": after, "limit": limit, "position": position, "patterns": patterns}
        result = await connection.execute(_TOUCHING, values)
    return list(result.scalars())


async def events(
    connection: AsyncConnection, organizations: Sequence[UUID], position: int
) -> list[tuple[UUID, dict[str, Any]]]:
    """The events of these organizations up to a position, each organization's in their order."""
    values = {"subjects": [str(o) for o in organizations], "position": position}
    rows = await connection.execute(_EVENTS, values)
    return [(UUID(row.subject), orjson.loads(row.event)) for row in rows]


async def history(
    connection: AsyncConnection,
    organization: UUID,
    patterns: Sequence[str] | None,
    position: int,
) -> list[dict[str, Any]]:
    """What the ledger says of one organization's assignment up to a position, event by event."""
    values = {"subject": str(organization), "patterns": patterns, "position": position}
    return [orjson.loads(row.event) for row in await connection.execute(_HISTORY, values)]


async def revision_at(connection: AsyncConnection, organization: UUID, position: int) -> int:
    """The revision of an organization's assignment at a position."""
    values = {"subject": str(organization), "position": position}
    return int((await connection.execute(_REVISION_AT, values)).scalar_one())


async def decision_document(connection: AsyncConnection, digest: str) -> str:
    """A decision as JSON text; documents are kept as long as the ledger names them."""
    return str((await connection.execute(_DECISION, {"digest": digest})).scalar_one())


async def areas_of(connection: AsyncConnection, decisions: Iterable[str]) -> dict[str, str]:
    """The access areas of decisions, by digest."""
    rows = await connection.execute(_AREAS, {"digests": sorted(set(decisions))})
    return {row.digest: row.area for row in rows}
