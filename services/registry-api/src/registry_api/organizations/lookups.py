"""Finding many organizations by what names them, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Named:
    """An organization's names, and its document."""

    id: UUID
    credit_code: str | None
    filing_number: str | None
    document: str


async def find(
    connection: AsyncConnection,
    credit_codes: Sequence[str],
    identifiers: Sequence[UUID],
    filing_numbers: Sequence[str],
    patterns: Sequence[str] | None,
) -> list[Named]:
    """All that bear one of these names and lie in a limited caller's areas, each once."""
    bound = {
        "codes": list(credit_codes),
        "identifiers": list(identifiers),
        "numbers": list(filing_numbers),
        "patterns": None if patterns is None else list(patterns),
    }
    return [Named(*row) for row in await connection.execute(_FIND, bound)]


_FIND = text(
    """
    SELECT id, credit_code, filing_number, document FROM organization
    WHERE (credit_code = ANY(:codes) OR id = ANY(:identifiers) OR filing_number = ANY(:numbers))
      AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns))
    ORDER BY id
    """
).bindparams(
    bindparam("codes", type_=ARRAY(Text)),
    bindparam("identifiers", type_=ARRAY(Uuid)),
    bindparam("numbers", type_=ARRAY(Text)),
    bindparam("patterns", type_=ARRAY(Text)),
)
