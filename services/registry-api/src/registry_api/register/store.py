"""Store what becomes of organizations: their rows, what they owe, how they were called.

Credit codes and filing numbers that an organization bore, or bears on other days than today, are
kept when its row is written, so that every name the ledger ever gave leads to whom it was given;
whether it bore it on a day, as known at a position, is asked of the ledger.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.obligations.derive import (
    Obligation,
    obligations_ahead,
    obligations_from,
)
from registry_api.core.organization.checks import Identifier
from registry_api.core.organization.state import State
from registry_api.register import rows
from registry_api.register.stored import StoredOrganization, Timeline

NEVER = date.max
"""PostgreSQL's `infinity`: no term is set; owed until something new is recorded."""

_NAMES = ("credit_code", "filing_number")


class NameTaken(Exception):
    """An organization has a name that another one bears: its `field`."""

    def __init__(self, field: Identifier) -> None:
        super().__init__(field)
        self.field = field


def obligation_values(owed: Iterable[Obligation]) -> Iterator[tuple[str, date, date, date]]:
    """Obligations of one organization as the table has them: kind, since, due_on, until."""
    return ((o.kind, o.since, o.due_on or NEVER, o.until or NEVER) for o in owed)


async def add(
    connection: AsyncConnection, new: StoredOrganization, owed: Sequence[Obligation]
) -> None:
    """Add an organization and all that it owes, now or ahead. Raises NameTaken."""
    with _naming_what_is_taken():
        await rows.insert_one(connection, new)
    await rows.insert_obligations(connection, new.id, obligation_values(owed))


async def replace(
    connection: AsyncConnection, changed: StoredOrganization, timeline: Timeline
) -> None:
    """Replace an organization's current row; `timeline` is its whole one. Raises NameTaken."""
    await _keep_names(connection, [(changed.id, changed.state, timeline)])
    with _naming_what_is_taken():
        await rows.update_one(connection, changed)
    await rows.delete_obligations(connection, [changed.id])
    owed = obligations_ahead(timeline)
    await rows.insert_obligations(connection, changed.id, obligation_values(owed))


async def add_many(connection: AsyncConnection, new: Sequence[StoredOrganization]) -> None:
    """Add organizations and what they owe, by COPY. Raises NameTaken."""
    with _naming_what_is_taken():
        await rows.insert_many(connection, new)
    owed = ((one.id, obligations_from(one.state, one.first_effective_on)) for one in new)
    await _copy_obligations(connection, owed)


async def replace_many(
    connection: AsyncConnection, changed: Sequence[tuple[StoredOrganization, Timeline]]
) -> None:
    """Replace many current rows, given their whole timelines. Raises NameTaken.

    COPY to a temporary table, then one UPDATE.
    """
    if not changed:
        return
    await _keep_names(connection, ((one.id, one.state, timeline) for one, timeline in changed))
    await rows.stage(connection, (one for one, _ in changed))
    with _naming_what_is_taken():
        await rows.update_staged(connection)
    await replace_obligations(connection, [(one.id, timeline) for one, timeline in changed])


async def replace_obligations(
    connection: AsyncConnection, timelines: Sequence[tuple[UUID, Timeline]]
) -> None:
    """What organizations owe by their whole timelines, in place of what they owed before."""
    await rows.delete_obligations(connection, [identifier for identifier, _ in timelines])
    owed = ((identifier, obligations_ahead(timeline)) for identifier, timeline in timelines)
    await _copy_obligations(connection, owed)


async def take_out(connection: AsyncConnection, void: StoredOrganization) -> None:
    """Take an organization out of the register; its codes are free again.

    What hangs on the row goes with it, candidates' names too; it owes nothing any more.
    """
    await _keep_names(connection, [(void.id, {}, ())])
    await rows.delete_obligations(connection, [void.id])
    await rows.delete_one(connection, void)


@contextmanager
def _naming_what_is_taken() -> Iterator[None]:
    """COPY goes to the driver, whose errors SQLAlchemy does not wrap."""
    try:
        yield
    except (IntegrityError, asyncpg.UniqueViolationError) as error:
        of_number = "organization_filing_number_key" in str(error)
        raise NameTaken("filing_number" if of_number else "credit_code") from error


async def _copy_obligations(
    connection: AsyncConnection, owed: Iterable[tuple[UUID, Sequence[Obligation]]]
) -> None:
    values = ((identifier, obligation_values(listed)) for identifier, listed in owed)
    await rows.copy_obligations(connection, values)


async def _keep_names(
    connection: AsyncConnection, changed: Iterable[tuple[UUID, State, Timeline]]
) -> None:
    """Keep the names that organizations lose: called before their rows are replaced.

    Each with its current state to be and its whole timeline; both empty for one that is taken out.
    """
    identifiers: list[UUID] = []
    current: dict[str, list[str | None]] = {kind: [] for kind in _NAMES}
    on_other_days: list[tuple[str, str, UUID]] = []
    for identifier, state, timeline in changed:
        identifiers.append(identifier)
        for kind in _NAMES:
            current[kind].append(state.get(kind))
            named = {segment.state[kind] for segment in timeline}
            on_other_days += [
                (kind, value, identifier) for value in named - {None, state.get(kind)}
            ]
    await rows.keep_current_names(connection, identifiers, current)
    if on_other_days:
        await rows.keep_names(connection, on_other_days)
