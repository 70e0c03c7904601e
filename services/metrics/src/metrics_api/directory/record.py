"""Record what a page of the router's feed says of areas, bodies and rule sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.timelines import Replacement
from metrics_api.directory.rows import (
    AREAS,
    BODIES,
    RULE_SETS,
    Details,
    VersionTable,
    close_versions,
    open_versions,
    read_believed,
)
from servicekit.time import splice

VersionChange: TypeAlias = Replacement[str, Details]
"""What an event says of the area, body or rule set with the code `subject`."""


@dataclass(frozen=True, slots=True)
class DirectoryChanges:
    """The changes of a page, whose details come in the order of their tables."""

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
    await _record(connection, AREAS, edition, changes.areas)
    await _record(connection, BODIES, edition, changes.bodies)
    await _record(connection, RULE_SETS, edition, changes.rule_sets)


async def _record(
    connection: AsyncConnection,
    versions: VersionTable,
    edition: int,
    changes: Sequence[VersionChange],
) -> None:
    if not changes:
        return
    codes = {change.subject for change in changes}
    before = await read_believed(connection, versions, codes)
    after = {code: list(spans) for code, spans in before.items()}
    for change in changes:
        after[change.subject] = splice(after[change.subject], change.effective_on, change.following)
    closed = [(c, s.start) for c, spans in before.items() for s in spans if s not in after[c]]
    opened = [(c, s) for c, spans in after.items() for s in spans if s not in before[c]]
    await close_versions(connection, versions, edition, closed)
    await open_versions(connection, versions, edition, opened)
