"""Finding assignments: filters, pages, counts and one organization's answer, as stored text."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    any_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.tables import assignment, decision

EXACT = ("outcome", "rule_set", "rule", "basis", "body_id", "body_kind")
"""Filters that compare a column with one of the given values."""

_HEAD = (
    '\'{"organization_id":"\' || organization_id || \'","area":"\' || area || '
    '\'","valid_from":"\' || valid_from || \'","valid_until":\' || '
    "coalesce('\"' || valid_until || '\"', 'null') || ','"
)
"""The part of an assignment's document before its state."""


class Found(NamedTuple):
    """A page: a JSON array of documents, the last id on it, and how many there are."""

    documents: str
    last: UUID | None
    size: int


def conditions(
    filters: Mapping[str, Sequence[str]], valid_on: date, patterns: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    """SQL conditions of what holds on `valid_on`; `area` takes prefixes of division codes."""
    columns = assignment.c
    found: list[ColumnElement[bool]] = [
        columns.valid_from <= valid_on,
        or_(columns.valid_until.is_(None), columns.valid_until > valid_on),
    ]
    found += [columns[name].in_(values) for name, values in filters.items() if name in EXACT]
    if "flag" in filters:
        wanted = bindparam(None, list(filters["flag"]), type_=ARRAY(Text))
        found.append(columns.flags.bool_op("&&")(wanted))
    found += [HEALTH[name]() for name in filters.get("health", ())]
    if "flip" in filters:
        found.append(_decided(decision.c.flip.in_(filters["flip"])))
    if "area" in filters:
        found.append(_like_any([f"{value}%" for value in filters["area"]]))
    if patterns is not None:
        found.append(_like_any(list(patterns)))
    return found


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
) -> Found:
    """Up to `limit` assignments in the order of their organizations, after `after`."""
    columns = assignment.c
    rows = select(
        columns.organization_id,
        text(f"{_HEAD} || substr(state, 2) AS document"),
    ).where(*where)
    if after is not None:
        rows = rows.where(columns.organization_id > after)
    inner = rows.order_by(columns.organization_id).limit(limit).subquery()
    glued = func.string_agg(
        text("document"), aggregate_order_by(literal(","), inner.c.organization_id)
    )
    last = func.array_agg(
        aggregate_order_by(inner.c.organization_id, inner.c.organization_id.desc())
    )[1]
    statement = select(glued, last, func.count()).select_from(inner)
    row = (await connection.execute(statement)).one()
    return Found(f"[{row[0] or ''}]", row[1], row[2])


async def count(connection: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> int:
    """How many assignments meet the conditions."""
    found = await connection.execute(select(func.count()).select_from(assignment).where(*where))
    return int(found.scalar_one())


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

    `document` is null on a day without an assignment; None when nothing is held at all.
    """
    found = await connection.execute(_READ, {"id": organization_id, "day": valid_on})
    row = found.one()
    return None if row.history is None else row


_READ = text(
    f"""
WITH held AS (
    SELECT *, valid_from <= :day AND (valid_until IS NULL OR valid_until > :day) AS now
    FROM assignment WHERE organization_id = :id
)
SELECT array_agg(DISTINCT area) AS areas,
       '[' || string_agg(
           '{{"from":"' || valid_from || '","until":' ||
           coalesce('"' || valid_until || '"', 'null') || ',"state":' || state || '}}',
           ',' ORDER BY valid_from) || ']' AS history,
       (SELECT {_HEAD} || '"decision":"' || digest || '",' || substr(document, 2)
        FROM held JOIN decision ON digest = held.decision WHERE now) AS document,
       (SELECT area FROM held WHERE now) AS area,
       (SELECT assignment_revision FROM organization WHERE id = :id) AS revision
FROM held
"""  # noqa: S608 - no value of a caller is in the text
)
