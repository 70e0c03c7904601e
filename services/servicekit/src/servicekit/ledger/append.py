"""The ledger: history, audit and feed in one append-only table.

Positions are dense (1, 2, 3…) and in commit order: they and the digest chain are taken last in
the transaction, from the locked single row `ledger_head`. So no reader ever sees a gap, and no
transaction commits below a position that was already read. The price is that appends of one
ledger follow each other; a bulk append takes the head once for all its events.

`digest = H(previous digest ‖ RFC 8785 canonical event)`, over the event exactly as the feed sends
it, without its `digest`. Position and time are known only under the lock, so an event is prepared
as three pieces of its canonical text around these two holes.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, CursorResult, Date, Integer, Row, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database.engines import Database, copy_rows
from servicekit.ids import uuid7
from servicekit.ledger.canonical import GENESIS, canonical_text, chain, refuse_inexact
from servicekit.time.period import Segment

CHANNEL = "ledger"
"""NOTIFY channel that rings at each commit that appended."""

_BULK = 64
"""From this many events on, chaining here and COPY beats the SQL function."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What a use case hands to the ledger.

    `revision` is the subject's next (dense, from 1; the use case holds the subject's row lock).
    `change` is the RFC 7396 merge patch (a Fragment is its canonical text), None where a timeline
    is replaced as a whole.
    `timeline` holds on and after `effective_on` and replaces all that was known from there on.
    `areas` are the access areas touched before or after the change.
    """

    subject: str
    revision: int
    type: str
    effective_on: date
    actor: str
    reason: str | None
    change: dict[str, Any] | orjson.Fragment | None
    timeline: Sequence[Segment]
    areas: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an event landed."""

    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a ledger; position 0 and 32 zero bytes when it is empty."""

    position: int
    digest: bytes
    recorded_at: datetime
    algorithm: str


class Ledger:
    """Appends to, and reads from, the ledger of one service (`source` in its events)."""

    def __init__(self, source: str, algorithm: str = "sha256") -> None:
        self.source = source
        self.algorithm = algorithm

    async def append(
        self, connection: AsyncConnection, events: Sequence[NewEvent]
    ) -> list[Appended]:
        """Append `events` in order, as the last thing that the transaction does.

        From here to the commit every other writer of this ledger waits. Raises ValueError for an
        event without canonical form (see `canonical_json`).
        """
        if not events:
            return []
        prepared = [_prepare(event, self.source) for event in events]
        if self.algorithm == "sha256" and len(prepared) < _BULK:
            return await _append_by_function(connection, prepared)
        return await _append_by_copy(connection, prepared)

    async def head(self, connection: AsyncConnection) -> Head:
        """The ledger's end as this connection sees it."""
        return _head(await connection.execute(text(_SELECT_HEAD)))

    async def settle_algorithm(self, connection: AsyncConnection) -> None:
        """Write the configured hash into an empty ledger; called once at start-up.

        Raises RuntimeError when the ledger already chains with another: a chain can't change its
        hash half-way.
        """
        head = _head(await connection.execute(text(_SELECT_HEAD + " FOR UPDATE")))
        if head.algorithm == self.algorithm:
            return
        if head.position:
            raise RuntimeError(
                f"the ledger chains with {head.algorithm} since its first event; "
                f"set digest_algorithm={head.algorithm} (now {self.algorithm})"
            )
        await connection.execute(
            text("UPDATE ledger_head SET algorithm = :algorithm"), {"algorithm": self.algorithm}
        )

    @asynccontextmanager
    async def settled(self, database: Database) -> AsyncIterator[None]:
        """`settle_algorithm` as what an app does before it serves."""
        async with database.transaction() as connection:
            await self.settle_algorithm(connection)
        yield

    async def verify(
        self,
        connection: AsyncConnection,
        after: int = 0,
        batch: int = 5_000,
        progress: Callable[[int, int], None] | None = None,
    ) -> "Break | None":
        """Recompute the chain after position `after`; the first break, or None when it holds.

        Holds the columns, by which readers filter, to the text that is chained. Writers may go
        on meanwhile: what they append after the start is not looked at. `progress` is told the
        position that was reached and the last one, after each batch.
        """
        head = await self.head(connection)
        digest = await _digest_at(connection, after)
        position = after
        while position < head.position:
            span = {"after": position, "until": min(position + batch, head.position)}
            rows = (await connection.execute(_SELECT_SPAN, span)).all()
            for row in rows:
                position += 1
                if row.position != position:
                    return Break(position, "missing")
                digest = chain(head.algorithm, digest, row.event.encode())
                if digest != bytes(row.digest) or not _columns_agree(row):
                    return Break(position, "altered")
            if position < span["until"]:
                return Break(position + 1, "missing")
            if progress is not None:
                progress(position, head.position)
        beyond = (await connection.execute(_SELECT_BEYOND)).scalar_one()
        return Break(position, "head") if beyond or digest != head.digest else None


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain fails: `missing` or `altered` at `position`, or the `head` differs."""

    position: int
    kind: str


_SELECT_HEAD = "SELECT position, digest, recorded_at, algorithm FROM ledger_head"
_SELECT_SPAN = text(
    "SELECT position, id, subject, revision, type, effective_on, recorded_at, actor, areas, event, "
    "digest FROM ledger WHERE position > :after AND position <= :until ORDER BY position"
)
_SELECT_BEYOND = text(
    "SELECT EXISTS (SELECT FROM ledger WHERE position > (SELECT position FROM ledger_head))"
)


def _head(result: CursorResult[Any]) -> Head:
    row = result.one()
    return Head(row.position, bytes(row.digest), row.recorded_at, row.algorithm)


def _columns_agree(row: Row[Any]) -> bool:
    event = orjson.loads(row.event)
    data = event["data"]
    return bool(
        event["sequence"] == str(row.position)
        and event["id"] == str(row.id)
        and event["subject"] == row.subject
        and event["revision"] == row.revision
        and event["type"] == row.type
        and event["time"] == _stamp(row.recorded_at)
        and data["effective_on"] == row.effective_on.isoformat()
        and data["actor"] == row.actor
        and data["areas"] == list(row.areas)
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def _digest_at(connection: AsyncConnection, position: int) -> bytes:
    if position == 0:
        return GENESIS
    found = await connection.execute(
        text("SELECT digest FROM ledger WHERE position = :position"), {"position": position}
    )
    return bytes(found.scalar_one())


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An event and its canonical text around the holes for position and time."""

    id: UUID
    event: NewEvent
    before: str
    between: str
    after: str

    def text(self, position: int, stamp: str) -> str:
        return f"{self.before}{position}{self.between}{stamp}{self.after}"


def _prepare(event: NewEvent, source: str) -> _Prepared:
    """The canonical text of `event`: its keys in RFC 8785 order, cut at sequence and time."""
    if any("," in area or not area for area in event.areas):
        raise ValueError(f"not codes of areas: {event.areas!r}")  # they travel comma-separated
    refuse_inexact(event.change)
    for segment in event.timeline:
        if segment.text is None:
            refuse_inexact(segment.state)
    data = {
        "actor": event.actor,
        "areas": list(event.areas),
        "change": event.change,
        "effective_on": event.effective_on.isoformat(),
        "reason": event.reason,
        "timeline": [segment.document() for segment in event.timeline],
    }
    identifier = uuid7()
    before = (
        f'{{"data":{canonical_text(data).decode()},"datacontenttype":"application/json",'
        f'"id":"{identifier}","revision":{event.revision},"sequence":"'
    )
    between = (
        f'","source":{_quoted(source)},"specversion":"1.0",'
        f'"subject":{_quoted(event.subject)},"time":"'
    )
    return _Prepared(identifier, event, before, between, f'","type":{_quoted(event.type)}}}')


def _quoted(value: str) -> str:
    return canonical_text(value).decode()


async def _append_by_function(
    connection: AsyncConnection, prepared: Sequence[_Prepared]
) -> list[Appended]:
    rows = await connection.execute(
        _CALL_FUNCTION,
        {
            "ids": [p.id for p in prepared],
            "subjects": [p.event.subject for p in prepared],
            "revisions": [p.event.revision for p in prepared],
            "types": [p.event.type for p in prepared],
            "effective": [p.event.effective_on for p in prepared],
            "actors": [p.event.actor for p in prepared],
            "touched": [",".join(p.event.areas) for p in prepared],
            "befores": [p.before for p in prepared],
            "betweens": [p.between for p in prepared],
            "afters": [p.after for p in prepared],
        },
    )
    return [Appended(row.appended_position, row.appended_at) for row in rows]


_CALL_FUNCTION = text(
    "SELECT appended_position, appended_at FROM ledger_append(:ids, :subjects, :revisions, :types, "
    ":effective, :actors, :touched, :befores, :betweens, :afters)"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("subjects", type_=ARRAY(Text)),
    bindparam("revisions", type_=ARRAY(Integer)),
    bindparam("types", type_=ARRAY(Text)),
    bindparam("effective", type_=ARRAY(Date)),
    bindparam("actors", type_=ARRAY(Text)),
    bindparam("touched", type_=ARRAY(Text)),
    bindparam("befores", type_=ARRAY(Text)),
    bindparam("betweens", type_=ARRAY(Text)),
    bindparam("afters", type_=ARRAY(Text)),
)


async def _append_by_copy(
    connection: AsyncConnection, prepared: Sequence[_Prepared]
) -> list[Appended]:
    """Take the head once, chain here, COPY; for many events or a hash that SQL lacks."""
    head = _head(await connection.execute(text(_SELECT_HEAD + " FOR UPDATE")))
    now = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
    recorded_at = max(now, head.recorded_at)
    stamp = _stamp(recorded_at)
    rows: list[tuple[Any, ...]] = []
    digest = head.digest
    for position, item in enumerate(prepared, start=head.position + 1):
        body = item.text(position, stamp)
        digest = chain(head.algorithm, digest, body.encode())
        event = item.event
        rows.append(
            (position, item.id, event.subject, event.revision, event.type, event.effective_on,
             recorded_at, event.actor, list(event.areas), body, digest)
        )  # fmt: skip
    end = Head(head.position + len(rows), digest, recorded_at, head.algorithm)
    await copy_rows(connection, "ledger", _COLUMNS, rows)
    await connection.execute(
        text("UPDATE ledger_head SET position = :position, digest = :digest, recorded_at = :at"),
        {"position": end.position, "digest": end.digest, "at": end.recorded_at},
    )
    await connection.execute(
        text("SELECT pg_notify(:channel, :position)"),
        {"channel": CHANNEL, "position": str(end.position)},
    )
    return [Appended(row[0], recorded_at) for row in rows]


_COLUMNS = (
    "position", "id", "subject", "revision", "type", "effective_on",
    "recorded_at", "actor", "areas", "event", "digest",
)  # fmt: skip
