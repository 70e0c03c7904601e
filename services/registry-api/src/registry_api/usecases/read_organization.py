"""Reading one organization: as it is, as it was on a day, as it was known at a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.organization import access_area, complete
from registry_api.storage import history, listing
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.refusals import Refusal
from servicekit.timeline import fold, state_on


@dataclass(frozen=True, slots=True)
class Document:
    """A document as JSON text, and the revision it shows."""

    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadOrganization:
    """The use case, with what it needs."""

    database: Database

    async def now(self, caller: Caller, identifier: UUID) -> Document:
        """The current document. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            return _visible(caller, await listing.read_document(connection, identifier))

    async def by_credit_code(self, caller: Caller, code: str) -> Document:
        """The current document by credit code. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            return _visible(caller, await listing.read_by_credit_code(connection, code))

    async def then(
        self,
        caller: Caller,
        identifier: UUID,
        valid_on: date,
        known_at: int | datetime | None,
    ) -> Document:
        """The document on `valid_on`, as known at a position or moment (None: now).

        Raises Refusal `not-found` when there was none then, or none that was known.
        """
        async with self.database.reading() as connection:
            position = await _position(connection, known_at)
            known = await history.patches(connection, identifier, position)
        state = state_on(fold(known, complete), valid_on)
        if state is None or not caller.may_see(access_area(state)):
            raise Refusal("not-found")
        document = {"id": str(identifier), "revision": len(known), **state}
        return Document(len(known), orjson.dumps(document).decode())


async def _position(connection: AsyncConnection, known_at: int | datetime | None) -> int | None:
    if isinstance(known_at, datetime):
        return await history.position_at(connection, known_at)
    return known_at


def _visible(caller: Caller, found: tuple[int, str, str] | None) -> Document:
    if found is None or not caller.may_see(found[1]):
        raise Refusal("not-found")
    return Document(found[0], found[2])
