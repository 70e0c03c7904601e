"""Record what a page of the router's feed says of areas, bodies and rule sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.timelines import Replacement, replace_from
from metrics_api.directory.rows import Details, close_versions, open_versions, read_believed
from metrics_api.tables import area_version, body_version, rule_set_version

AREA_DETAILS = ("level", "parent", "name", "successors")
BODY_DETAILS = ("kind", "name", "area_code", "successor")
RULE_SET_DETAILS = ("scope", "digest")

VersionChange: TypeAlias = Replacement[str, Details]
"""What an event says of the area, body or rule set with the code `subject`."""


@dataclass(frozen=True, slots=True)
class DirectoryChanges:
    """The changes of a page, whose details come in the orders above."""

    areas: list[VersionChange] = field(default_factory=list)
    bodies: list[VersionChange] = field(default_factory=list)
    rule_sets: list[VersionChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.areas or self.bodies or self.rule_sets)


async def record_directory(
    connection: AsyncConnection, edition: int, changes: DirectoryChanges
) -> None:
    """Make `changes` part of `edition`."""
    await _record(connection, area_version, AREA_DETAILS, edition, changes.areas)
    await _record(connection, body_version, BODY_DETAILS, edition, changes.bodies)
    await _record(connection, rule_set_version, RULE_SET_DETAILS, edition, changes.rule_sets)


async def _record(
    connection: AsyncConnection,
    table: Table,
    details: tuple[str, ...],
    edition: int,
    changes: Sequence[VersionChange],
) -> None:
    if not changes:
        return
    codes = {change.subject for change in changes}
    before = await read_believed(connection, table, details, codes)
    after = {code: list(spans) for code, spans in before.items()}
    for change in changes:
        after[change.subject] = replace_from(
            after[change.subject], change.effective_on, change.following
        )
    closed = [(c, s.start) for c, spans in before.items() for s in spans if s not in after[c]]
    opened = [(c, s) for c, spans in after.items() for s in spans if s not in before[c]]
    await close_versions(connection, table, edition, closed)
    await open_versions(connection, table, details, edition, opened)
