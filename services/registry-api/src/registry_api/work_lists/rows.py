"""Statements on what is owed over the register, and on who is in the information base.

A page reads, kind by kind, the next obligations in the order of their terms off the index, and
merges these: it costs what it shows, however many there are. Of few organizations it reads all that
they owe. Who owes stands in `organization`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.obligations.derive import Obligation
from registry_api.register.store import NEVER
from registry_api.rows.facets import CURRENT, MAX_INDEX_LOOKUPS, Columns, conditions_on, one_of
from registry_api.tables import obligation, organization

Key = tuple[date, UUID, str, date]
"""What the list is ordered by: due_on (`NEVER` without a term), organization, kind, since."""


@dataclass(frozen=True, slots=True)
class ObligationFilter:
    """Which obligations: of these kinds, owed on `day`, by organizations that meet `filters`.

    `due_from` and `due_before` leave out who has no term; `overdue` is as of `day`. `patterns` are
    a limited caller's. `among` are the only organizations that count, unless None.
    """

    kinds: Sequence[str]
    day: date
    overdue: bool | None
    due_from: date | None
    due_before: date | None
    filters: Mapping[str, Any]
    patterns: Sequence[str] | None
    among: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True)
class OwedObligation:
    """Something owed, and by whom."""

    organization_id: UUID
    name: str
    credit_code: str | None
    filing_number: str | None
    organization_kind: str
    institution_type: str | None
    area: str
    full_members: int | None
    probationary_members: int | None
    owed: Obligation

    @property
    def key(self) -> Key:
        """Its place in the list."""
        return (self.owed.due_on or NEVER, self.organization_id, self.owed.kind, self.owed.since)


_WHO = (
    organization.c.id,
    organization.c.name,
    organization.c.credit_code,
    organization.c.filing_number,
    organization.c.kind.label("organization_kind"),
    organization.c.institution_type,
    organization.c.area,
    organization.c.full_members,
    organization.c.probationary_members,
)
_WHAT = (obligation.c.kind, obligation.c.since, obligation.c.due_on, obligation.c.until)


async def page(
    connection: AsyncConnection, requested: ObligationFilter, after: Key | None, limit: int
) -> list[OwedObligation]:
    """Up to `limit` obligations in the order of their keys, after one."""
    if requested.among is not None and len(requested.among) <= MAX_INDEX_LOOKUPS:
        everything = (
            _in_order(requested) if after is None else _in_order(requested).where(*_follows(after))
        )
        return [_owed_obligation(row) for row in await connection.execute(everything.limit(limit))]
    kinds = bindparam(None, list(requested.kinds), type_=ARRAY(Text))
    kind = func.unnest(kinds).table_valued("kind").render_derived("requested")
    of_kind = _selected(requested).where(obligation.c.kind == kind.c.kind)
    if after is not None:
        of_kind = of_kind.where(*_follows(after))
    ordered = of_kind.order_by(
        obligation.c.due_on, obligation.c.organization_id, obligation.c.since
    )
    next_ = ordered.limit(limit).lateral("next")
    merged = (
        select(next_)
        .select_from(kind.join(next_, true()))
        .order_by(next_.c.due_on, next_.c.id, next_.c.kind, next_.c.since)
        .limit(limit)
    )
    return [_owed_obligation(row) for row in await connection.execute(merged)]


async def count(connection: AsyncConnection, requested: ObligationFilter) -> int:
    """How many there are, exactly."""
    of_kinds = _selected(requested).where(obligation.c.kind.in_(requested.kinds))
    counted = of_kinds.with_only_columns(func.count(), maintain_column_froms=True)
    return int((await connection.execute(counted)).scalar_one())


async def stream(
    connection: AsyncConnection, requested: ObligationFilter, size: int = 1000
) -> AsyncIterator[Sequence[OwedObligation]]:
    """All of them in the order of their keys, `size` at a time."""
    rows = await connection.stream(_in_order(requested), execution_options={"yield_per": size})
    async for part in rows.partitions(size):
        yield [_owed_obligation(row) for row in part]


def _in_order(requested: ObligationFilter) -> Select[Any]:
    of_kinds = _selected(requested).where(obligation.c.kind.in_(requested.kinds))
    return of_kinds.order_by(
        obligation.c.due_on, obligation.c.organization_id, obligation.c.kind, obligation.c.since
    )


def _selected(requested: ObligationFilter) -> Select[Any]:
    return (
        select(*_WHO, *_WHAT)
        .join_from(obligation, organization, organization.c.id == obligation.c.organization_id)
        .where(
            *_conditions(requested), *conditions_on(CURRENT, requested.filters, requested.patterns)
        )
    )


def _conditions(requested: ObligationFilter) -> list[ColumnElement[bool]]:
    due_on, day = obligation.c.due_on, requested.day
    conditions = [obligation.c.since <= day, obligation.c.until > day]
    if requested.overdue is not None:
        conditions.append(due_on < day if requested.overdue else due_on >= day)
    if requested.due_from is not None:
        conditions += [due_on >= requested.due_from, due_on < literal(NEVER, Date)]
    if requested.due_before is not None:
        conditions.append(due_on < requested.due_before)
    if requested.among is not None:
        conditions.append(one_of(obligation.c.organization_id, requested.among))
    return conditions


def _follows(after: Key) -> list[ColumnElement[bool]]:
    """Behind `after`; the first condition says less, but in the words of the index."""
    due_on, identifier = obligation.c.due_on, obligation.c.organization_id
    kind, since = obligation.c.kind, obligation.c.since
    previous: list[ColumnElement[Any]] = [
        literal(value, type_) for value, type_ in zip(after, (Date, Uuid, Text, Date), strict=True)
    ]
    return [
        tuple_(due_on, identifier) >= tuple_(*previous[:2]),
        tuple_(due_on, identifier, kind, since) > tuple_(*previous),
    ]


def _owed_obligation(row: Any) -> OwedObligation:
    due_on = None if row.due_on == NEVER else row.due_on
    until = None if row.until == NEVER else row.until
    return OwedObligation(
        organization_id=row.id,
        name=row.name,
        credit_code=row.credit_code,
        filing_number=row.filing_number,
        organization_kind=row.organization_kind,
        institution_type=row.institution_type,
        area=row.area,
        full_members=row.full_members,
        probationary_members=row.probationary_members,
        owed=Obligation(row.kind, row.since, due_on, row.since, until),
    )


def in_base(
    columns: Columns, eligible_from: int, eligible: bool | None, organizer_missing: bool | None
) -> list[ColumnElement[bool]]:
    """In operation, members, no Party organization yet; and what else is asked for.

    `eligible_from` is the number of full members that must form a Party organization.
    """
    full = func.coalesce(columns["full_members"], 0)
    conditions = [
        columns["status"] == "active",
        columns["has_party_organization"].is_(False),
        full + func.coalesce(columns["probationary_members"], 0) > 0,
    ]
    if eligible is not None:
        conditions.append(full >= eligible_from if eligible else full < eligible_from)
    if organizer_missing is not None:
        conditions.append(columns["has_organizer"].is_(not organizer_missing))
    return conditions


OWED_IN_BASE = ("form_party_organization", "assign_organizer")
"""What who is in the base can owe for it."""


async def owed_in_base(
    connection: AsyncConnection, identifiers: Sequence[UUID], day: date
) -> dict[UUID, tuple[str, date]]:
    """(kind, since) of what each owes for being in the base, by its current state, on `day`."""
    columns = obligation.c
    statement = select(columns.organization_id, columns.kind, columns.since).where(
        one_of(columns.organization_id, identifiers),
        columns.kind.in_(OWED_IN_BASE),
        columns.since <= day,
        columns.until > day,
    )
    owed = await connection.execute(statement)
    return {identifier: (kind, since) for identifier, kind, since in owed}
