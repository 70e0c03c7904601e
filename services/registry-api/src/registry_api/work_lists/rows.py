"""Obligations over the register: filters, pages, counts, streams.

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
from registry_api.register.obligation_rows import NEVER
from registry_api.selection.present import FEW, conditions, one_of
from registry_api.tables import obligation, organization

Key = tuple[date, UUID, str, date]
"""What the list is ordered by: due_on (`NEVER` without a term), organization, kind, since."""


@dataclass(frozen=True, slots=True)
class OwingFilter:
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
class Owing:
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
    connection: AsyncConnection, wanted: OwingFilter, after: Key | None, limit: int
) -> list[Owing]:
    """Up to `limit` obligations in the order of their keys, after one."""
    if wanted.among is not None and len(wanted.among) <= FEW:
        everything = (
            _in_order(wanted) if after is None else _in_order(wanted).where(*_follows(after))
        )
        return [_owing(row) for row in await connection.execute(everything.limit(limit))]
    kinds = bindparam(None, list(wanted.kinds), type_=ARRAY(Text))
    kind = func.unnest(kinds).table_valued("kind").render_derived("wanted")
    of_kind = _selected(wanted).where(obligation.c.kind == kind.c.kind)
    if after is not None:
        of_kind = of_kind.where(*_follows(after))
    ordered = of_kind.order_by(
        obligation.c.due_on, obligation.c.organization_id, obligation.c.since
    )
    found = ordered.limit(limit).lateral("found")
    merged = (
        select(found)
        .select_from(kind.join(found, true()))
        .order_by(found.c.due_on, found.c.id, found.c.kind, found.c.since)
        .limit(limit)
    )
    return [_owing(row) for row in await connection.execute(merged)]


async def count(connection: AsyncConnection, wanted: OwingFilter) -> int:
    """How many there are, exactly."""
    of_kinds = _selected(wanted).where(obligation.c.kind.in_(wanted.kinds))
    counted = of_kinds.with_only_columns(func.count(), maintain_column_froms=True)
    return int((await connection.execute(counted)).scalar_one())


async def stream(
    connection: AsyncConnection, wanted: OwingFilter, size: int = 1000
) -> AsyncIterator[Sequence[Owing]]:
    """All of them in the order of their keys, `size` at a time."""
    rows = await connection.stream(_in_order(wanted), execution_options={"yield_per": size})
    async for part in rows.partitions(size):
        yield [_owing(row) for row in part]


def _in_order(wanted: OwingFilter) -> Select[Any]:
    of_kinds = _selected(wanted).where(obligation.c.kind.in_(wanted.kinds))
    return of_kinds.order_by(
        obligation.c.due_on, obligation.c.organization_id, obligation.c.kind, obligation.c.since
    )


def _selected(wanted: OwingFilter) -> Select[Any]:
    return (
        select(*_WHO, *_WHAT)
        .join_from(obligation, organization, organization.c.id == obligation.c.organization_id)
        .where(*_conditions(wanted), *conditions(wanted.filters, wanted.patterns))
    )


def _conditions(wanted: OwingFilter) -> list[ColumnElement[bool]]:
    due_on, day = obligation.c.due_on, wanted.day
    found = [obligation.c.since <= day, obligation.c.until > day]
    if wanted.overdue is not None:
        found.append(due_on < day if wanted.overdue else due_on >= day)
    if wanted.due_from is not None:
        found += [due_on >= wanted.due_from, due_on < literal(NEVER, Date)]
    if wanted.due_before is not None:
        found.append(due_on < wanted.due_before)
    if wanted.among is not None:
        found.append(one_of(obligation.c.organization_id, wanted.among))
    return found


def _follows(after: Key) -> list[ColumnElement[bool]]:
    """Behind `after`; the first condition says less, but in the words of the index."""
    due_on, identifier = obligation.c.due_on, obligation.c.organization_id
    kind, since = obligation.c.kind, obligation.c.since
    there: list[ColumnElement[Any]] = [
        literal(value, type_) for value, type_ in zip(after, (Date, Uuid, Text, Date), strict=True)
    ]
    return [
        tuple_(due_on, identifier) >= tuple_(*there[:2]),
        tuple_(due_on, identifier, kind, since) > tuple_(*there),
    ]


def _owing(row: Any) -> Owing:
    due_on = None if row.due_on == NEVER else row.due_on
    until = None if row.until == NEVER else row.until
    return Owing(
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
