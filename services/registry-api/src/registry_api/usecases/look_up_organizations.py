"""Batch lookup: up to a thousand organizations by credit code, id or filing number at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.point_in_time import AsOf
from registry_api.storage import former_identifiers, lookups, past_listing
from registry_api.storage.lookups import Named
from registry_api.storage.past_listing import PastFilter
from registry_api.usecases.find_point_in_time import find_point_in_time
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the caller looks for; a filing number may be borne by several (one per authority)."""

    credit_codes: Sequence[str]
    ids: Sequence[UUID]
    filing_numbers: Sequence[str]


@dataclass(frozen=True, slots=True)
class LookUpOrganizations:
    """The use case, with what it needs."""

    database: Database
    clock: Clock

    async def __call__(self, caller: Caller, wanted: Wanted, as_of: AsOf) -> str:
        """`{"found": […], "not_found": {"credit_codes", "ids", "filing_numbers"}}` as JSON text.

        `found` has each organization once, in the order of ids, with the names and facts of
        `as_of`. What lies outside the caller's areas is not found, by the same statement and in
        the same words as what does not exist. Raises Refusal `position-ahead`.
        """
        codes = [code.strip().upper() for code in wanted.credit_codes]
        async with self.database.reading() as connection:
            if as_of.is_now(self.clock.today()):
                rows = await lookups.find(
                    connection, codes, wanted.ids, wanted.filing_numbers, caller.like_patterns()
                )
            else:
                rows = await self._then(
                    connection, caller, replace(wanted, credit_codes=codes), as_of
                )
        known_codes = {row.credit_code for row in rows}
        known_ids = {row.id for row in rows}
        known_numbers = {row.filing_number for row in rows}
        missing = {
            "credit_codes": [
                sent
                for sent, code in zip(wanted.credit_codes, codes, strict=True)
                if code not in known_codes
            ],
            "ids": [str(i) for i in wanted.ids if i not in known_ids],
            "filing_numbers": [n for n in wanted.filing_numbers if n not in known_numbers],
        }
        found = ",".join(row.document for row in rows)
        return f'{{"found":[{found}],"not_found":{orjson.dumps(missing).decode()}}}'

    async def _then(
        self, connection: AsyncConnection, caller: Caller, wanted: Wanted, as_of: AsOf
    ) -> list[Named]:
        point = await find_point_in_time(connection, as_of, self.clock.today())
        bearers = await former_identifiers.bearers(
            connection, wanted.credit_codes, wanted.filing_numbers
        )
        rows = await past_listing.among(
            connection,
            PastFilter(point, {}, caller.like_patterns()),
            list({*bearers, *wanted.ids}),
        )
        codes, ids = set(wanted.credit_codes), set(wanted.ids)
        numbers = set(wanted.filing_numbers)
        named = []
        for row in rows:
            state = orjson.loads(row.state)
            code, number = state["credit_code"], state["filing_number"]
            if row.id in ids or code in codes or number in numbers:
                named.append(Named(row.id, code, number, row.document))
        return named
