"""Read the directory whole, as every edition believed it."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.areas.areas import AreaVersion
from metrics_api.core.areas.bodies import BodyVersion
from metrics_api.core.areas.directory import Believed, DirectoryHistory
from metrics_api.core.areas.rule_sets import RuleSetVersion
from metrics_api.core.areas.successions import Succession
from metrics_api.directory.lines import load_lines
from metrics_api.directory.rows import AREAS, BODIES, RULE_SETS, read_versions

Version = TypeVar("Version", AreaVersion, BodyVersion, RuleSetVersion)


async def read_directory(connection: AsyncConnection) -> DirectoryHistory:
    """Every version of every area, body and rule set that any edition believed.

    The country has 45,000: they are made into objects beside the event loop.
    """
    areas = await read_versions(connection, AREAS)
    bodies = await read_versions(connection, BODIES)
    rule_sets = await read_versions(connection, RULE_SETS)
    return await asyncio.to_thread(_history, areas, bodies, rule_sets)


def _history(
    areas: Sequence[Row[Any]], bodies: Sequence[Row[Any]], rule_sets: Sequence[Row[Any]]
) -> DirectoryHistory:
    return DirectoryHistory(
        [_believed(_area(row), row) for row in areas],
        [_believed(_body(row), row) for row in bodies],
        [_believed(_rule_set(row), row) for row in rule_sets],
        load_lines(),
    )


def _believed(version: Version, row: Row[Any]) -> Believed[Version]:
    return Believed(version, row.edition_from, row.edition_until)


def _area(row: Row[Any]) -> AreaVersion:
    successors = tuple(Succession(code, date.fromisoformat(day)) for code, day in row.successors)
    return AreaVersion(
        row.code, row.level, row.parent, row.name, row.valid_from, row.valid_until, successors
    )


def _body(row: Row[Any]) -> BodyVersion:
    return BodyVersion(
        row.code,
        row.kind,
        row.name,
        row.area_code,
        row.successor,
        row.valid_from,
        row.valid_until,
    )


def _rule_set(row: Row[Any]) -> RuleSetVersion:
    return RuleSetVersion(row.code, row.scope, row.digest, row.valid_from, row.valid_until)
