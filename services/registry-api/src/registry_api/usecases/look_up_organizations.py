"""Batch lookup: up to a thousand organizations by credit code, id or filing number at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from registry_api.storage import lookups
from servicekit.auth import Caller
from servicekit.database import Database


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

    async def __call__(self, caller: Caller, wanted: Wanted) -> str:
        """`{"found": […], "not_found": {"credit_codes", "ids", "filing_numbers"}}` as JSON text.

        `found` has each organization once, in the order of ids. What lies outside the caller's
        areas is not found, by the same statement and in the same words as what does not exist.
        """
        codes = [code.strip().upper() for code in wanted.credit_codes]
        async with self.database.reading() as connection:
            rows = await lookups.find(
                connection, codes, wanted.ids, wanted.filing_numbers, caller.like_patterns()
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
