"""Rows of the fact timeline, and of the two halves that each organization's facts are made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.columns import (
    COLUMNS,
    COUNTED_COLUMNS,
    AssignmentFacts,
    Column,
    Fact,
    OrganizationFacts,
)
from metrics_api.core.facts.timelines import RowKey
from metrics_api.tables import (
    OPEN_END,
    area_version,
    body_version,
    closed_end,
    fact,
    rule_set_version,
    subject_timeline,
)
from servicekit.database import copy_rows
from servicekit.time import Period

CLOSE = text(
    "UPDATE fact SET edition_until = :edition FROM unnest(:ids, :starts) AS closed (id, start) "
    "WHERE fact.organization_id = closed.id AND fact.valid_from = closed.start "
    "AND fact.edition_until IS NULL"
).bindparams(
    bindparam("edition", type_=BigInteger),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("starts", type_=ARRAY(Date)),
)
READ_SUBJECTS = text(
    "SELECT organization_id, organization, assignment "
    "FROM subject_timeline WHERE organization_id = ANY(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
WRITE_ORGANIZATIONS = text(
    "INSERT INTO subject_timeline (organization_id, organization) "
    "SELECT * FROM unnest(:ids, :timelines) "
    "ON CONFLICT (organization_id) DO UPDATE SET organization = excluded.organization"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("timelines", type_=ARRAY(Text)))
WRITE_ASSIGNMENTS = text(
    "INSERT INTO subject_timeline (organization_id, assignment) "
    "SELECT * FROM unnest(:ids, :timelines) "
    "ON CONFLICT (organization_id) DO UPDATE SET assignment = excluded.assignment"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("timelines", type_=ARRAY(Text)))
OPEN_TRANSACTION = text("SELECT")
"""An empty statement: SQLAlchemy begins lazily."""
NO_STATEMENT_TIMEOUT = text("SET LOCAL statement_timeout = 0")
NO_IDLE_TIMEOUT = text("SET LOCAL idle_in_transaction_session_timeout = 0")

_FACT_NAMES = tuple(it.name for it in COLUMNS)
_INSERTED = ("organization_id", "valid_from", "valid_until", "edition_from", *_FACT_NAMES)
_ROW_COLUMNS = [
    fact.c[name]
    for name in ("organization_id", "valid_from", "edition_from", "valid_until", *_FACT_NAMES)
]
_KEYS = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("starts", type_=ARRAY(Date)),
        bindparam("editions", type_=ARRAY(BigInteger)),
    )
    .table_valued(column("id", Uuid), column("start", Date), column("edition", BigInteger))
    .render_derived("requested")
)
_READ = select(*_ROW_COLUMNS).join_from(
    _KEYS,
    fact,
    (fact.c.organization_id == _KEYS.c.id)
    & (fact.c.valid_from == _KEYS.c.start)
    & (fact.c.edition_from == _KEYS.c.edition),
)
_EDITION = bindparam("edition", type_=BigInteger)
_READ_OF = (
    select(*_ROW_COLUMNS)
    .where(
        fact.c.organization_id == bindparam("organization", type_=Uuid),
        fact.c.edition_from <= _EDITION,
        or_(fact.c.edition_until.is_(None), fact.c.edition_until > _EDITION),
    )
    .order_by(fact.c.valid_from)
)


class TimelineTornError(RuntimeError):
    """A row that should be closed is not there: fact table and timelines no longer agree."""


async def close_rows(
    connection: AsyncConnection, edition: int, rows: Sequence[tuple[UUID, Period[Fact]]]
) -> None:
    """No longer believe `rows` from `edition` on. Raises `TimelineTornError`."""
    if not rows:
        return
    closed = await connection.execute(
        CLOSE,
        {
            "edition": edition,
            "ids": [organization for organization, _ in rows],
            "starts": [span.start for _, span in rows],
        },
    )
    if closed.rowcount != len(rows):
        raise TimelineTornError(f"{len(rows)} rows to close, {closed.rowcount} found")


async def open_rows(
    connection: AsyncConnection, edition: int, rows: Sequence[tuple[UUID, Period[Fact]]]
) -> None:
    """Believe `rows` from `edition` on."""
    if rows:
        records = [
            (organization, span.start, span.until or OPEN_END, edition, *span.value)
            for organization, span in rows
        ]
        await copy_rows(connection, "fact", _INSERTED, records)


async def read_rows(
    connection: AsyncConnection, keys: Sequence[RowKey]
) -> dict[RowKey, Period[Fact]]:
    """The rows that `keys` name; a key whose row is gone (a rebuild) is left out."""
    bound = {
        "ids": [key.organization for key in keys],
        "starts": [key.start for key in keys],
        "editions": [key.edition for key in keys],
    }
    return {
        RowKey(*row[:3]): Period(row[1], closed_end(row[3]), tuple(row[4:]))
        for row in await connection.execute(_READ, bound)
    }


async def read_rows_of(
    connection: AsyncConnection, organization: UUID, edition: int
) -> list[Period[Fact]]:
    """The rows of one organization as `edition` believed them, in order."""
    bound = {"organization": organization, "edition": edition}
    return [
        Period(row[1], closed_end(row[3]), tuple(row[4:]))
        for row in await connection.execute(_READ_OF, bound)
    ]


def copied_believed() -> str:
    """The rows that the newest edition believes, as `_copied` selects them."""
    return _copied(fact.c.edition_until.is_(None))


def copied_past() -> str:
    """The rows that only earlier editions believed."""
    return _copied(fact.c.edition_until.is_not(None))


def copied_opened_after(edition: int) -> str:
    """The rows that a later edition than `edition` opened."""
    return _copied(fact.c.edition_from > edition)


def copied_closed_after(edition: int) -> str:
    """The rows that a later edition than `edition` closed."""
    return _copied(fact.c.edition_until > edition)


def _copied(which: ColumnElement[bool]) -> str:
    """The query that COPY streams: rows for which `which` holds, in the columnar copy's order.

    An open end is 9999-12-31, an id two signed halves. COPY takes no parameters: values are
    written out.
    """
    query = select(*_copied_columns()).where(which)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _copied_columns() -> list[ColumnElement[Any]]:
    hexadecimal = "('x' || translate(organization_id::text, '-', ''))::bit(128)"
    return [
        fact.c.row_id,
        literal_column(f"{hexadecimal}::bit(64)::bigint"),
        literal_column(f"substring({hexadecimal} FROM 65)::bit(64)::bigint"),
        fact.c.valid_from,
        func.least(fact.c.valid_until, literal_column("DATE '9999-12-31'")),
        fact.c.edition_from,
        fact.c.edition_until,
        *map(_copied_column, COUNTED_COLUMNS),
    ]


def _copied_column(it: Column) -> ColumnElement[Any]:
    return cast(fact.c[it.name], Text) if it.type == "boolean" else fact.c[it.name]


@dataclass(slots=True)
class SubjectTimelines:
    """What both ledgers say of one organization."""

    organization: list[Period[OrganizationFacts]] = field(default_factory=list)
    assignment: list[Period[AssignmentFacts]] = field(default_factory=list)


_ORGANIZATION = msgspec.json.Decoder(list[tuple[date, date, OrganizationFacts]])
_ASSIGNMENT = msgspec.json.Decoder(list[tuple[date, date, AssignmentFacts]])
_ENCODER = msgspec.json.Encoder()
Half = TypeVar("Half", OrganizationFacts, AssignmentFacts)


async def read_timelines(
    connection: AsyncConnection, organizations: Collection[UUID]
) -> dict[UUID, SubjectTimelines]:
    """What is stored of each of `organizations`; empty timelines for those never heard of."""
    stored = {identifier: SubjectTimelines() for identifier in organizations}
    for row in await connection.execute(READ_SUBJECTS, {"ids": list(stored)}):
        stored[row.organization_id] = SubjectTimelines(
            [_period(*it) for it in _ORGANIZATION.decode(row.organization or "[]")],
            [_period(*it) for it in _ASSIGNMENT.decode(row.assignment or "[]")],
        )
    return stored


async def write_organizations(
    connection: AsyncConnection, timelines: Mapping[UUID, list[Period[OrganizationFacts]]]
) -> None:
    """Store `timelines` in place of what the registry said of these organizations."""
    await connection.execute(WRITE_ORGANIZATIONS, _bound(timelines))


async def write_assignments(
    connection: AsyncConnection, timelines: Mapping[UUID, list[Period[AssignmentFacts]]]
) -> None:
    """Store `timelines` in place of what the router said of these organizations."""
    await connection.execute(WRITE_ASSIGNMENTS, _bound(timelines))


def _period(start: date, until: date, facts: Half) -> Period[Half]:
    return Period(start, closed_end(until), facts)


def _bound(timelines: Mapping[UUID, list[Period[Half]]]) -> dict[str, list[Any]]:
    """Ids, and each timeline as JSON: `[from, until, facts]` of each period."""
    encoded = (
        _ENCODER.encode([(it.start, it.until or OPEN_END, it.value) for it in timeline])
        for timeline in timelines.values()
    )
    return {"ids": list(timelines), "timelines": [text.decode() for text in encoded]}


async def allow_any_duration(connection: AsyncConnection) -> None:
    """Let this transaction take as long as it takes."""
    await connection.execute(NO_STATEMENT_TIMEOUT)
    await connection.execute(NO_IDLE_TIMEOUT)


async def drop_everything_fed(connection: AsyncConnection) -> None:
    """Drop all that is made from the feeds; who reads meanwhile sees it until the commit."""
    for table in (fact, subject_timeline, area_version, body_version, rule_set_version):
        await connection.execute(delete(table))
