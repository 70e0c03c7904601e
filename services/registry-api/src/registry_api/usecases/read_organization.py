"""Reading one organization: as it is, as it was on a day, as it was known at a moment."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from registry_api.domain.organization import access_area
from registry_api.domain.point_in_time import AsOf
from registry_api.storage import former_identifiers, listing, past_listing
from registry_api.storage.past_listing import PastFilter
from registry_api.usecases.absence import absence, absence_by_code
from registry_api.usecases.find_point_in_time import find_point_in_time
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class Document:
    """A document as JSON text, and the revision it shows."""

    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadOrganization:
    """The use case, with what it needs."""

    database: Database
    clock: Clock

    async def now(self, caller: Caller, identifier: UUID) -> Document:
        """The current document. Raises Refusal `not-found`, `organization-void`."""
        found = await listing.read_document(self.database, identifier)
        if found is None or not caller.may_see(found[1]):
            async with self.database.reading() as connection:
                raise await absence(connection, caller, identifier)
        return Document(found[0], found[2])

    async def by_credit_code(self, caller: Caller, code: str, as_of: AsOf) -> Document:
        """The document of who bore the credit code on a day, as known at a moment.

        A code that one gave up can be given to another: of several that bear it on a day of the
        past, the one registered last. Raises Refusal as `then` does.
        """
        if as_of.is_now(self.clock.today()):
            found = await listing.read_by_credit_code(self.database, code)
            if found is not None and caller.may_see(found[1]):
                return Document(found[0], found[2])
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, as_of, self.clock.today())
            bearers = await former_identifiers.bearers(connection, [code], [])
            wanted = PastFilter(point, {}, caller.like_patterns())
            rows = await past_listing.among(connection, wanted, bearers)
            named = [row for row in rows if orjson.loads(row.state)["credit_code"] == code]
            if not named:
                raise await absence_by_code(connection, caller, code, bearers, point)
        return Document(named[-1].revision, named[-1].document)

    async def then(self, caller: Caller, identifier: UUID, as_of: AsOf) -> Document:
        """The document on a day, as known at a moment.

        Seen by whom the organization belonged to *then*. Its revision counts all that was known
        at the moment, of whatever day. Raises Refusal `not-found` when there was none then, or
        none that was known; `organization-void` when it was known to be void; `position-ahead`.
        """
        if as_of.is_now(self.clock.today()):
            return await self.now(caller, identifier)
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, as_of, self.clock.today())
            row = await past_listing.read(connection, identifier, point)
            if row is None:
                raise await absence(connection, caller, identifier, point.position)
        text = row.document
        if not caller.may_see(access_area(orjson.loads(text))):
            raise Refusal("not-found")
        return Document(row.revision, text)
