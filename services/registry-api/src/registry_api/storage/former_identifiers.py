"""Credit codes and filing numbers that an organization bore, or bears on other days than today.

The current ones are columns of `organization`. Whoever writes a row keeps here what it named the
organization before, and what its timeline names it on other days, so that every name the ledger
ever gave leads to whom it was given; whether it bore it on a day, as known at a position, is asked
of the ledger.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.organization import State
from servicekit.time import Segment

_KINDS = ("credit_code", "filing_number")


async def keep(
    connection: AsyncConnection, changed: Iterable[tuple[UUID, State, Sequence[Segment]]]
) -> None:
    """Keep the names that organizations lose: called before their rows are replaced.

    Each with its current state to be and its whole timeline; both empty for one that is taken out.
    """
    identifiers: list[UUID] = []
    current: dict[str, list[str | None]] = {kind: [] for kind in _KINDS}
    told: list[tuple[str, str, UUID]] = []
    for identifier, state, timeline in changed:
        identifiers.append(identifier)
        for kind in _KINDS:
            current[kind].append(state.get(kind))
            named = {segment.state[kind] for segment in timeline}
            told += [(kind, value, identifier) for value in named - {None, state.get(kind)}]
    await connection.execute(_KEEP_CURRENT, {"ids": identifiers, **current})
    if told:
        kinds, values, owners = zip(*told, strict=True)
        bound = {"kinds": list(kinds), "values": list(values), "ids": list(owners)}
        await connection.execute(_KEEP_TOLD, bound)


async def bearers(
    connection: AsyncConnection, credit_codes: Sequence[str], filing_numbers: Sequence[str]
) -> list[UUID]:
    """All that ever bore one of these names on any day, those that are void too."""
    bound: dict[str, Any] = {"codes": list(credit_codes), "numbers": list(filing_numbers)}
    return list((await connection.execute(_BEARERS, bound)).scalars())


_KEEP_CURRENT = text(
    """
    INSERT INTO former_identifier (kind, value, organization_id)
    SELECT former.kind, former.value, o.id
    FROM unnest(:ids, :credit_code, :filing_number) AS next (id, credit_code, filing_number)
    JOIN organization o USING (id)
    CROSS JOIN LATERAL (
        VALUES ('credit_code', o.credit_code, next.credit_code),
               ('filing_number', o.filing_number, next.filing_number)
    ) AS former (kind, value, next)
    WHERE former.value IS NOT NULL AND former.value IS DISTINCT FROM former.next
    ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("credit_code", type_=ARRAY(Text)),
    bindparam("filing_number", type_=ARRAY(Text)),
)
_KEEP_TOLD = text(
    """
    INSERT INTO former_identifier (kind, value, organization_id)
    SELECT * FROM unnest(:kinds, :values, :ids) ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("values", type_=ARRAY(Text)),
    bindparam("ids", type_=ARRAY(Uuid)),
)
_BEARERS = text(
    """
    SELECT id FROM organization WHERE credit_code = ANY(:codes)
    UNION SELECT id FROM organization WHERE filing_number = ANY(:numbers)
    UNION SELECT organization_id FROM former_identifier
        WHERE kind = 'credit_code' AND value = ANY(:codes)
    UNION SELECT organization_id FROM former_identifier
        WHERE kind = 'filing_number' AND value = ANY(:numbers)
    """
).bindparams(bindparam("codes", type_=ARRAY(Text)), bindparam("numbers", type_=ARRAY(Text)))
