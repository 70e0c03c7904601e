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
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database.engines import Database
from servicekit.ids import uuid7
from servicekit.ledger import rows
from servicekit.ledger.canonical import canonical_text, chain, refuse_inexact
from servicekit.ledger.events import Appended, Break, Head, NewEvent, PreparedEvent

CHANNEL = "ledger"
"""NOTIFY channel that is sent at each commit that appended."""

_BULK = 64
"""From this many events on, chaining here and COPY beats the SQL function."""


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
            return await rows.append_by_function(connection, prepared)
        return await _append_by_copy(connection, prepared)

    async def head(self, connection: AsyncConnection) -> Head:
        """The ledger's end as this connection sees it."""
        return await rows.select_head(connection)

    async def settle_algorithm(self, connection: AsyncConnection) -> None:
        """Write the configured hash into an empty ledger; called once at start-up.

        Raises RuntimeError when the ledger already chains with another: a chain can't change its
        hash half-way.
        """
        head = await rows.lock_head(connection)
        if head.algorithm == self.algorithm:
            return
        if head.position:
            raise RuntimeError(
                f"the ledger chains with {head.algorithm} since its first event; "
                f"set digest_algorithm={head.algorithm} (now {self.algorithm})"
            )
        await rows.write_algorithm(connection, self.algorithm)

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
    ) -> Break | None:
        """Recompute the chain after position `after`; the first break, or None when it holds.

        Holds the columns, by which readers filter, to the text that is chained. Writers may go
        on meanwhile: what they append after the start is not looked at. `progress` is told the
        position that was reached and the last one, after each batch.
        """
        head = await self.head(connection)
        digest = await rows.digest_at(connection, after)
        position = after
        while position < head.position:
            until = min(position + batch, head.position)
            for row in await rows.select_span(connection, position, until):
                position += 1
                if row.position != position:
                    return Break(position, "missing")
                digest = chain(head.algorithm, digest, row.event.encode())
                if digest != bytes(row.digest) or not _columns_agree(row):
                    return Break(position, "altered")
            if position < until:
                return Break(position + 1, "missing")
            if progress is not None:
                progress(position, head.position)
        beyond = await rows.any_beyond_head(connection)
        return Break(position, "head") if beyond or digest != head.digest else None


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


def _prepare(event: NewEvent, source: str) -> PreparedEvent:
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
    return PreparedEvent(identifier, event, before, between, f'","type":{_quoted(event.type)}}}')


def _quoted(value: str) -> str:
    return canonical_text(value).decode()


async def _append_by_copy(
    connection: AsyncConnection, prepared: Sequence[PreparedEvent]
) -> list[Appended]:
    """Take the head once, chain here, COPY; for many events or a hash that SQL lacks."""
    head = await rows.lock_head(connection)
    now = await rows.clock_time(connection)
    recorded_at = max(now, head.recorded_at)
    stamp = _stamp(recorded_at)
    appended: list[tuple[Any, ...]] = []
    digest = head.digest
    for position, item in enumerate(prepared, start=head.position + 1):
        body = item.text(position, stamp)
        digest = chain(head.algorithm, digest, body.encode())
        event = item.event
        appended.append(
            (position, item.id, event.subject, event.revision, event.type, event.effective_on,
             recorded_at, event.actor, list(event.areas), body, digest)
        )  # fmt: skip
    end = Head(head.position + len(appended), digest, recorded_at, head.algorithm)
    await rows.copy_events(connection, appended)
    await rows.write_head(connection, end)
    await rows.notify(connection, CHANNEL, end.position)
    return [Appended(row[0], recorded_at) for row in appended]
