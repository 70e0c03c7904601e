"""Areas, bodies and rule sets over both times: replaced by page, read whole."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, Table, and_, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.domain.areas import AreaVersion
from metrics_api.domain.bodies import BodyVersion
from metrics_api.domain.directory import Believed, DirectoryHistory
from metrics_api.domain.rule_sets import RuleSetVersion
from metrics_api.domain.successions import Succession
from metrics_api.domain.timelines import Replacement, Span, replace_from
from metrics_api.storage.line_files import load_lines
from metrics_api.storage.tables import area_version, body_version, rule_set_version

Details: TypeAlias = tuple[str | list[list[str]] | None, ...]
"""The columns of a version in the order of one of the lists below."""

AREA_DETAILS = ("level", "parent", "name", "successors")
BODY_DETAILS = ("kind", "name", "area_code", "successor")
RULE_SET_DETAILS = ("scope", "digest")


DirectoryChange: TypeAlias = Replacement[str, Details]
"""What an event says of the area, body or rule set with the code `subject`."""


async def replace_areas(
    connection: AsyncConnection,
    edition: int,
    changes: Sequence[DirectoryChange],
) -> None:
    """Apply `changes` to the areas, whose details are `AREA_DETAILS`, in their order."""
    await _replace(connection, area_version, AREA_DETAILS, edition, changes)


async def replace_bodies(
    connection: AsyncConnection,
    edition: int,
    changes: Sequence[DirectoryChange],
) -> None:
    """Apply `changes` to the bodies, whose details are `BODY_DETAILS`, in their order."""
    await _replace(connection, body_version, BODY_DETAILS, edition, changes)


async def replace_rule_sets(
    connection: AsyncConnection,
    edition: int,
    changes: Sequence[DirectoryChange],
) -> None:
    """Apply `changes` to the rule sets, whose details are `RULE_SET_DETAILS`, in their order."""
    await _replace(connection, rule_set_version, RULE_SET_DETAILS, edition, changes)


async def read_directory(connection: AsyncConnection) -> DirectoryHistory:
    """Every version of every area, body and rule set that any edition believed.

    The country has 45,000: they are made into objects beside the event loop.
    """
    areas = (await connection.execute(select(area_version))).all()
    bodies = (await connection.execute(select(body_version))).all()
    rule_sets = (await connection.execute(select(rule_set_version))).all()
    return await asyncio.to_thread(_history, areas, bodies, rule_sets)


def _history(
    areas: Sequence[Row[Any]], bodies: Sequence[Row[Any]], rule_sets: Sequence[Row[Any]]
) -> DirectoryHistory:
    return DirectoryHistory(
        [
            Believed(
                AreaVersion(
                    *(r.code, r.level, r.parent, r.name, r.valid_from, r.valid_until),
                    tuple(Succession(code, date.fromisoformat(day)) for code, day in r.successors),
                ),
                r.edition_from,
                r.edition_until,
            )
            for r in areas
        ],
        [
            Believed(
                BodyVersion(
                    r.code, r.kind, r.name, r.area_code, r.successor, r.valid_from, r.valid_until
                ),
                r.edition_from,
                r.edition_until,
            )
            for r in bodies
        ],
        [
            Believed(
                RuleSetVersion(r.code, r.scope, r.digest, r.valid_from, r.valid_until),
                r.edition_from,
                r.edition_until,
            )
            for r in rule_sets
        ],
        load_lines(),
    )


async def _replace(
    connection: AsyncConnection,
    table: Table,
    details: tuple[str, ...],
    edition: int,
    changes: Sequence[DirectoryChange],
) -> None:
    if not changes:
        return
    before = await _believed(connection, table, details, {change.subject for change in changes})
    after = {code: list(spans) for code, spans in before.items()}
    for change in changes:
        after[change.subject] = replace_from(
            after[change.subject], change.effective_on, change.following
        )
    closed = [(c, s.start) for c, spans in before.items() for s in spans if s not in after[c]]
    opened = [(c, s) for c, spans in after.items() for s in spans if s not in before[c]]
    if closed:
        gone = tuple_(table.c.code, table.c.valid_from).in_(closed)
        believed = table.c.edition_until.is_(None)
        await connection.execute(
            update(table).where(and_(gone, believed)).values(edition_until=edition)
        )
    if opened:
        rows = [_row(code, span, edition, details) for code, span in opened]
        await connection.execute(insert(table), rows)


def _row(
    code: str, span: Span[Details], edition: int, details: tuple[str, ...]
) -> Mapping[str, object]:
    return {
        "code": code,
        "valid_from": span.start,
        "valid_until": span.until,
        "edition_from": edition,
        **dict(zip(details, span.value, strict=True)),
    }


async def _believed(
    connection: AsyncConnection, table: Table, details: tuple[str, ...], codes: set[str]
) -> dict[str, list[Span[Details]]]:
    """The spans believed now of each of `codes`, in order."""
    held: dict[str, list[Span[Details]]] = {code: [] for code in codes}
    wanted = table.c.code.in_(bindparam("codes", expanding=True))
    query = (
        select(table)
        .where(wanted, table.c.edition_until.is_(None))
        .order_by(table.c.code, table.c.valid_from)
    )
    for row in (await connection.execute(query, {"codes": list(codes)})).mappings():
        value = tuple(row[name] for name in details)
        held[row["code"]].append(Span(row["valid_from"], row["valid_until"], value))
    return held
