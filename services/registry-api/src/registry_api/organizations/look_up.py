"""Batch lookup: up to a thousand organizations by credit code, id or filing number at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.history.point_in_time import find_point_in_time
from registry_api.organizations import rows
from registry_api.organizations.rows import NamedOrganization
from registry_api.selection import past
from registry_api.selection.criteria import Selection
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import PositionAhead
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class Names:
    """Whom the caller looks for; a filing number may be borne by several (one per authority)."""

    credit_codes: Sequence[str]
    ids: Sequence[UUID]
    filing_numbers: Sequence[str]


async def find_named(
    connection: AsyncConnection, caller: Caller, names: Names
) -> list[NamedOrganization]:
    """All that bear one of these names now and lie in the caller's areas, each once, by id."""
    return await rows.find_named(
        connection, names.credit_codes, names.ids, names.filing_numbers, caller.like_patterns()
    )


@dataclass(frozen=True, slots=True)
class LookUpOrganizations:
    """The use case, with what it needs."""

    refusals: ClassVar = (PositionAhead,)

    database: Database
    clock: Clock

    async def __call__(self, caller: Caller, sent: Names, as_of: AsOf) -> str:
        """`{"found": […], "not_found": {"credit_codes", "ids", "filing_numbers"}}` as JSON text.

        `found` has each organization once, in the order of ids, with the names and facts of
        `as_of`. What lies outside the caller's areas is not found, by the same statement and in
        the same words as what does not exist.
        """
        codes = [code.strip().upper() for code in sent.credit_codes]
        names = Names(codes, sent.ids, sent.filing_numbers)
        async with self.database.reading() as connection:
            if as_of.is_now(self.clock.today()):
                bearers = await find_named(connection, caller, names)
            else:
                bearers = await self._bearers_as_of(connection, caller, names, as_of)
        known_codes = {bearer.credit_code for bearer in bearers}
        known_ids = {bearer.id for bearer in bearers}
        known_numbers = {bearer.filing_number for bearer in bearers}
        missing = {
            "credit_codes": [
                as_sent
                for as_sent, code in zip(sent.credit_codes, codes, strict=True)
                if code not in known_codes
            ],
            "ids": [str(i) for i in names.ids if i not in known_ids],
            "filing_numbers": [n for n in names.filing_numbers if n not in known_numbers],
        }
        documents = ",".join(bearer.document for bearer in bearers)
        return f'{{"found":[{documents}],"not_found":{orjson.dumps(missing).decode()}}}'

    async def _bearers_as_of(
        self, connection: AsyncConnection, caller: Caller, names: Names, as_of: AsOf
    ) -> list[NamedOrganization]:
        point = await find_point_in_time(connection, as_of, self.clock.today())
        ever = await rows.bearers(connection, names.credit_codes, names.filing_numbers)
        visible = Selection({}, caller.like_patterns())
        stored = await past.among(connection, visible, point, list({*ever, *names.ids}))
        codes, ids, numbers = set(names.credit_codes), set(names.ids), set(names.filing_numbers)
        bearers = []
        for row in stored:
            state = orjson.loads(row.state)
            code, number = state["credit_code"], state["filing_number"]
            if row.id in ids or code in codes or number in numbers:
                bearers.append(NamedOrganization(row.id, code, number, row.document))
        return bearers
