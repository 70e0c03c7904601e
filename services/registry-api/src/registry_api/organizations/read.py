"""Reading one organization: as it is, as it was on a day, as it was known at a moment."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import orjson

from registry_api.core.organization.state import access_area
from registry_api.core.refusals import OrganizationVoid
from registry_api.history.point_in_time import find_point_in_time
from registry_api.organizations import rows
from registry_api.register.missing import missing, missing_by_code
from registry_api.selection import past
from registry_api.selection.criteria import Selection
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import NotFound, PositionAhead
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class Document:
    """A document as JSON text, and the revision it shows."""

    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadOrganization:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        NotFound,
        OrganizationVoid,
        PositionAhead,
    )

    database: Database
    clock: Clock

    async def now(self, caller: Caller, identifier: UUID) -> Document:
        """The current document."""
        current = await rows.read(self.database, identifier)
        if current is None or not caller.may_see(current.area):
            async with self.database.reading() as connection:
                raise await missing(connection, caller, identifier)
        return Document(current.revision, current.text)

    async def by_credit_code(self, caller: Caller, code: str, as_of: AsOf) -> Document:
        """The document of who bore the credit code on a day, as known at a moment.

        A code that one gave up can be given to another: of several that bear it on a day of the
        past, the one registered last. Raises Refusal as `as_of` does.
        """
        if as_of.is_now(self.clock.today()):
            current = await rows.read_by_credit_code(self.database, code)
            if current is not None and caller.may_see(current.area):
                return Document(current.revision, current.text)
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, as_of, self.clock.today())
            bearers = await rows.bearers(connection, [code], [])
            visible = Selection({}, caller.like_patterns())
            stored = await past.among(connection, visible, point, bearers)
            named = [row for row in stored if orjson.loads(row.state)["credit_code"] == code]
            if not named:
                raise await missing_by_code(connection, caller, code, bearers, point)
        return Document(named[-1].revision, named[-1].document)

    async def as_of(self, caller: Caller, identifier: UUID, as_of: AsOf) -> Document:
        """The document on a day, as known at a moment.

        Seen by whom the organization belonged to *then*. Its revision counts all that was known
        at the moment, of whatever day. Raises NotFound when there was none then, or
        none that was known; OrganizationVoid when it was known to be void; PositionAhead.
        """
        if as_of.is_now(self.clock.today()):
            return await self.now(caller, identifier)
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, as_of, self.clock.today())
            row = await past.read(connection, identifier, point)
            if row is None:
                raise await missing(connection, caller, identifier, point.position)
        text = row.document
        if not caller.may_see(access_area(orjson.loads(text))):
            raise NotFound()
        return Document(row.revision, text)
