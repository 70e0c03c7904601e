"""Rows of impacts: what would change, organization by organization, and its sums."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, BigInteger, Date, Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.impacts.differences import Answer, Flow
from jurisdiction_router.tables import impact as impact_table
from jurisdiction_router.tables import impact_flow, impact_move, job
from servicekit.database import copy_rows

_ONE_STATE = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_NO_TIMEOUT = text("SET LOCAL statement_timeout = 0")
_MEMORY = text("SET LOCAL work_mem = '256MB'")
_MAKE_STAGED = text(
    "CREATE TEMPORARY TABLE IF NOT EXISTS impact_staged (of uuid, area text, area_after text, "
    "valid_from date, valid_until date, flow integer) ON COMMIT DELETE ROWS"
)
_MAKE_OVERRIDDEN = text(
    "CREATE TEMPORARY TABLE IF NOT EXISTS impact_overridden (of uuid, area text, area_after text, "
    "valid_from date, valid_until date, flow integer) ON COMMIT DELETE ROWS"
)
_ANALYZE = text("ANALYZE impact_staged")
_FIND = text("SELECT valid_on, assessed, digest FROM impact WHERE id = :impact")
_PATTERNS = bindparam("patterns", type_=ARRAY(Text))
_PUT_FLOWS = text(
    "INSERT INTO impact_flow (impact, flow, before, after, key) "
    "SELECT :impact, * FROM unnest(:flows, :befores, :afters, :keys)"
).bindparams(
    bindparam("flows", type_=ARRAY(Integer)),
    bindparam("befores", type_=ARRAY(Text)),
    bindparam("afters", type_=ARRAY(Text)),
    bindparam("keys", type_=ARRAY(Text)),
)
# Pieces of one organization never overlap, so that neighbours in time are neighbours in order.
_PUT_MOVES = text(
    """
    INSERT INTO impact_move
        (impact, organization_id, valid_from, valid_until, area, area_after, flow)
    WITH pieces AS (
        SELECT p.organization_id, s.area, s.area_after, s.flow,
               greatest(p.valid_from, s.valid_from) AS valid_from,
               least(p.valid_until, s.valid_until) AS valid_until
        FROM impact_staged s JOIN fact_period p ON p.fact = s.of
        WHERE (s.valid_until IS NULL OR p.valid_from < s.valid_until)
          AND (p.valid_until IS NULL OR s.valid_from < p.valid_until)
    ), marked AS (
        SELECT *, (valid_from, area, area_after, flow) IS DISTINCT FROM
                  (lag(valid_until) OVER own, lag(area) OVER own, lag(area_after) OVER own,
                   lag(flow) OVER own) AS starts
        FROM pieces WINDOW own AS (PARTITION BY organization_id ORDER BY valid_from)
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE starts) OVER own AS number
        FROM marked WINDOW own AS (PARTITION BY organization_id ORDER BY valid_from)
    ), joined AS (
        SELECT organization_id, min(area) AS area, min(area_after) AS area_after,
               min(flow) AS flow, min(valid_from) AS valid_from,
               CASE WHEN bool_and(valid_until IS NOT NULL) THEN max(valid_until) END AS valid_until
        FROM numbered GROUP BY organization_id, number
    )
    SELECT CAST(:impact AS uuid), organization_id, valid_from, valid_until, area, area_after, flow
    FROM joined
    WHERE organization_id NOT IN
        (SELECT organization_id FROM override WHERE valid_from < valid_until)
    UNION ALL
    SELECT CAST(:impact AS uuid), of, valid_from, valid_until, area, area_after, flow
    FROM impact_overridden
    ORDER BY organization_id, valid_from
    """
)
# A statement of its own: PostgreSQL scans in parallel only where nothing is written.
_COUNT_ASSESSED = text(
    """
    SELECT count(*) FROM fact JOIN fact_period ON fact = fact.id
    WHERE (domicile = ANY(:places) OR registering = ANY(:places))
      AND valid_from <= :valid_on AND (valid_until IS NULL OR valid_until > :valid_on)
    """
).bindparams(bindparam("places", type_=ARRAY(Text)), bindparam("valid_on", type_=Date))
_FINISH = text(
    """
    WITH ranked AS (
        SELECT flow, key, row_number() OVER (ORDER BY key COLLATE "C") AS rank
        FROM impact_flow WHERE impact = :impact
    ), listed AS (
        SELECT string_agg(concat_ws(' ', organization_id, valid_from, valid_until, rank), E'\\n'
                          ORDER BY organization_id, valid_from) AS moves
        FROM impact_move JOIN ranked USING (flow) WHERE impact = :impact
    )
    INSERT INTO impact (id, valid_on, assessed, digest)
    SELECT :impact, :valid_on, :assessed,
        (SELECT encode(sha256(convert_to(
             concat_ws(E'\\n', CAST(:header AS text) || coalesce(
                 (SELECT string_agg(key, E'\\n' ORDER BY rank) FROM ranked), ''), moves), 'UTF8')),
             'hex') FROM listed)
    RETURNING digest
    """
).bindparams(bindparam("valid_on", type_=Date), bindparam("assessed", type_=BigInteger))
# A limited caller sees an organization that lies in its areas now, or will.
_FLOWS = text(
    """
    SELECT before, after, count(*) AS organizations
    FROM impact_move JOIN impact_flow USING (impact, flow)
    WHERE impact = :impact
      AND valid_from <= :valid_on AND (valid_until IS NULL OR valid_until > :valid_on)
      AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
           OR area_after LIKE ANY(:patterns))
    GROUP BY before, after ORDER BY count(*) DESC, before, after
    """
).bindparams(_PATTERNS)
_COUNT_MOVED = text(
    """
    SELECT count(DISTINCT organization_id) FROM impact_move
    WHERE impact = :impact
      AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
           OR area_after LIKE ANY(:patterns))
    """
).bindparams(_PATTERNS)
_SAMPLES = text(
    """
    WITH largest AS (
        SELECT flow FROM impact_move
        WHERE impact = :impact
          AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
               OR area_after LIKE ANY(:patterns))
        GROUP BY flow ORDER BY count(*) DESC, flow LIMIT :flows
    )
    SELECT '[' || string_agg(
        '{"organization_id":"' || organization_id || '","area":"' || area ||
        '","area_after":"' || area_after || '","valid_from":"' || valid_from ||
        '","valid_until":' || coalesce('"' || valid_until || '"', 'null') ||
        ',"before":' || before || ',"after":' || after || '}',
        ',' ORDER BY flow, organization_id, valid_from) || ']'
    FROM largest JOIN impact_flow USING (flow), LATERAL (
        SELECT organization_id, area, area_after, valid_from, valid_until FROM impact_move
        WHERE impact = :impact AND flow = largest.flow
          AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
               OR area_after LIKE ANY(:patterns))
        ORDER BY organization_id, valid_from LIMIT :each
    ) chosen
    WHERE impact_flow.impact = :impact
    """
).bindparams(_PATTERNS)
_MOVES = text(
    """
    SELECT organization_id, valid_from,
        '{"organization_id":"' || organization_id || '","area":"' || area ||
        '","area_after":"' || area_after || '","valid_from":"' || valid_from ||
        '","valid_until":' || coalesce('"' || valid_until || '"', 'null') ||
        ',"before":' || before || ',"after":' || after || '}' AS document
    FROM impact_move JOIN impact_flow USING (impact, flow)
    WHERE impact = :impact
      AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
           OR area_after LIKE ANY(:patterns))
      AND (CAST(:organization AS uuid) IS NULL
           OR (organization_id, valid_from) > (CAST(:organization AS uuid), CAST(:start AS date)))
    ORDER BY organization_id, valid_from LIMIT :limit
    """
).bindparams(_PATTERNS)
_MOVE_ROWS = text(
    """
    SELECT organization_id, area, area_after, valid_from, valid_until,
           before::jsonb ->> 'outcome' AS outcome_before,
           before::jsonb #>> '{supervising,id}' AS body_before,
           before::jsonb #>> '{supervising,name}' AS name_before,
           after::jsonb ->> 'outcome' AS outcome_after,
           after::jsonb #>> '{supervising,id}' AS body_after,
           after::jsonb #>> '{supervising,name}' AS name_after
    FROM impact_move JOIN impact_flow USING (impact, flow)
    WHERE impact = :impact
      AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
           OR area_after LIKE ANY(:patterns))
    ORDER BY organization_id, valid_from
    """
).bindparams(_PATTERNS)
_DIFFERENCE = text(
    """
    WITH own AS (
        SELECT impact, organization_id, valid_from, valid_until, key
        FROM impact_move JOIN impact_flow USING (impact, flow)
        WHERE impact IN (:approved, :found)
          AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns)
               OR area_after LIKE ANY(:patterns))
    ), approved AS (
        SELECT organization_id, valid_from, valid_until, key FROM own WHERE impact = :approved
    ), repeated AS (
        SELECT organization_id, valid_from, valid_until, key FROM own WHERE impact = :found
    )
    SELECT (SELECT count(*) FROM (TABLE approved EXCEPT TABLE repeated) a) AS gone,
           (SELECT count(*) FROM (TABLE repeated EXCEPT TABLE approved) b) AS added
    """
).bindparams(_PATTERNS)


class NewFlow(NamedTuple):
    """A pair of answers with the number it gets."""

    number: int
    before: Answer | None
    after: Answer | None


Flows = dict[tuple[Any, Any], NewFlow]
"""By what makes two of them the same: see `domain.impact.Change.key`."""


class StagedChange(NamedTuple):
    """Organizations with these facts go from one answer to another over these days.

    Or, of those that an override places, the one organization that `of` names.
    """

    of: UUID
    area: str
    area_after: str
    valid_from: date
    valid_until: date | None
    flow: int


async def hold_snapshot(connection: AsyncConnection) -> None:
    """Have the transaction see one state of the database, however long it takes."""
    await connection.execute(_ONE_STATE)
    await connection.execute(_NO_TIMEOUT)


async def begin(connection: AsyncConnection) -> None:
    """Make room for staged changes; they are gone when the transaction ends.

    What sorts or groups a whole register is given the memory to do so at once.
    """
    await connection.execute(_MEMORY)
    await connection.execute(_MAKE_STAGED)
    await connection.execute(_MAKE_OVERRIDDEN)


async def stage(connection: AsyncConnection, staged: Iterable[StagedChange]) -> None:
    """Take down what changes for distinct facts."""
    await copy_rows(connection, "impact_staged", StagedChange._fields, staged)


async def stage_overridden(connection: AsyncConnection, staged: Iterable[StagedChange]) -> None:
    """Take down the moves of organizations that an override places."""
    await copy_rows(connection, "impact_overridden", StagedChange._fields, staged)


async def store_moves(connection: AsyncConnection, impact: UUID, flows: Flows) -> None:
    """Turn the staged changes into each organization's moves, neighbours joined.

    Those of organizations that an override places were staged one by one.
    """
    await connection.execute(
        _PUT_FLOWS,
        {
            "impact": impact,
            "flows": [flow.number for flow in flows.values()],
            "befores": [_document(flow.before) for flow in flows.values()],
            "afters": [_document(flow.after) for flow in flows.values()],
            "keys": [orjson.dumps(key).decode() for key in flows],
        },
    )
    await connection.execute(_ANALYZE)
    await connection.execute(_PUT_MOVES, {"impact": impact})


async def finish(
    connection: AsyncConnection,
    impact: UUID,
    header: str,
    valid_on: date,
    places: Sequence[str],
) -> str:
    """Sum up and seal an impact; the digest of `header` and of the whole list.

    Each pair of answers is told once, before the list; a move names it by its rank.
    """
    summed = {"valid_on": valid_on, "places": list(places)}
    assessed = (await connection.execute(_COUNT_ASSESSED, summed)).scalar_one()
    bound = {"impact": impact, "header": header, "valid_on": valid_on, "assessed": assessed}
    return str((await connection.execute(_FINISH, bound)).scalar_one())


def _document(answer: Answer | None) -> str:
    return orjson.dumps(None if answer is None else answer.document()).decode()


async def find(connection: AsyncConnection, impact: UUID) -> Any:
    """The row `(valid_on, assessed, digest)`, None when it is not (yet) there."""
    return (await connection.execute(_FIND, {"impact": impact})).one_or_none()


async def flows_on(
    connection: AsyncConnection, impact: UUID, valid_on: date, patterns: Sequence[str] | None
) -> list[Flow]:
    """How many organizations go from whom to whom on a day, the largest flow first."""
    rows = await connection.execute(
        _FLOWS, {"impact": impact, "valid_on": valid_on, "patterns": patterns}
    )
    return [
        Flow(orjson.loads(row.before), orjson.loads(row.after), row.organizations) for row in rows
    ]


async def count_moved(
    connection: AsyncConnection, impact: UUID, patterns: Sequence[str] | None
) -> int:
    """How many organizations move on any day at all."""
    result = await connection.execute(_COUNT_MOVED, {"impact": impact, "patterns": patterns})
    return int(result.scalar_one())


async def samples(
    connection: AsyncConnection,
    impact: UUID,
    patterns: Sequence[str] | None,
    flows: int,
    each: int,
) -> str:
    """A few moves of each of the largest flows, as a JSON array."""
    result = await connection.execute(
        _SAMPLES, {"impact": impact, "patterns": patterns, "flows": flows, "each": each}
    )
    return result.scalar_one() or "[]"


class Moves(NamedTuple):
    """A page of moves as JSON array, and the key of the last one."""

    documents: str
    last: tuple[UUID, date] | None
    size: int


async def moves(
    connection: AsyncConnection,
    impact: UUID,
    patterns: Sequence[str] | None,
    after: tuple[UUID, date] | None,
    limit: int,
) -> Moves:
    """Up to `limit` moves in the order of organization and date."""
    organization, start = after or (None, None)
    result = await connection.execute(
        _MOVES,
        {"impact": impact, "patterns": patterns, "organization": organization, "start": start,
         "limit": limit},
    )  # fmt: skip
    rows = result.all()
    last = (rows[-1].organization_id, rows[-1].valid_from) if rows else None
    return Moves(f"[{','.join(row.document for row in rows)}]", last, len(rows))


async def move_rows(
    connection: AsyncConnection, impact: UUID, patterns: Sequence[str] | None
) -> AsyncIterator[Sequence[Any]]:
    """All moves as rows for a file, many at a time."""
    result = await connection.stream(_MOVE_ROWS, {"impact": impact, "patterns": patterns})
    async for part in result.partitions(2_000):
        yield part


async def forget(connection: AsyncConnection, impact: UUID) -> None:
    """Remove an impact that nobody will read."""
    for table in (impact_move, impact_flow, impact_table):
        column = table.c.id if table is impact_table else table.c.impact
        await connection.execute(table.delete().where(column == impact))


async def put_finished_job(
    connection: AsyncConnection, impact: UUID, params: Mapping[str, Any], client: str, digest: str
) -> None:
    """Make an impact that was computed outside a job readable like any other."""
    values = {
        "id": impact, "kind": "impact", "state": "succeeded", "params": dict(params),
        "result": {"digest": digest}, "client": client,
    }  # fmt: skip
    await connection.execute(job.insert().values(values))


async def difference(
    connection: AsyncConnection,
    approved: UUID | str,
    repeated: UUID | str,
    patterns: Sequence[str] | None = None,
) -> dict[str, int]:
    """How the lists of two impacts differ: rows only in the one, rows only in the other.

    With `patterns` only rows in those areas count.
    """
    ids = {"approved": UUID(str(approved)), "found": UUID(str(repeated)), "patterns": patterns}
    result = await connection.execute(_DIFFERENCE, ids)
    row = result.one()
    return {"no_longer": row.gone, "new": row.added}
