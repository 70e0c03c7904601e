"""Reading one assignment: with its decision on a day, and how it came to be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from jurisdiction_router.assignments import past, rows
from jurisdiction_router.core.refusals import NoAssignment
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import NotFound, PositionAhead, refuses
from servicekit.ledger import Ledger
from servicekit.time import AsOf, Clock, Segment, period_on


@dataclass(frozen=True, slots=True)
class ReadAssignment:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    ledger: Ledger

    @refuses(NotFound, NoAssignment, PositionAhead)
    async def one(self, caller: Caller, organization_id: UUID, as_of: AsOf) -> tuple[str, int]:
        """One organization's assignment on a day, with its decision and history, as JSON text.

        And the revision of its timeline: what a designation is bound to. `as_of` says the day, and
        as known when.
        """
        day = as_of.valid_on or self.clock.today()
        if as_of.known_at is not None:
            return await self._one_past(caller, organization_id, day, as_of)
        async with self.database.reading() as connection:
            row = await rows.read_assignment(connection, organization_id, day)
        visible = [row.area] if row is not None and row.area is not None else []
        if row is None or not caller.may_see(*(visible or row.areas)):
            raise NotFound()
        if row.document is None:
            raise NoAssignment(valid_on=day.isoformat())
        return f'{row.document[:-1]},"history":{row.history}}}', row.revision

    async def _one_past(
        self, caller: Caller, organization_id: UUID, day: date, as_of: AsOf
    ) -> tuple[str, int]:
        async with self.database.snapshot() as connection:
            position = await past.position_of(connection, self.ledger, as_of)
            known = await past.known_assignment(connection, organization_id, position)
            if known is None:
                raise NotFound()
            current = period_on(known.segments, day)
            around = known.segments if current is None else [current]
            if not caller.may_see(*(known.areas[s.state["decision"]] for s in around)):
                raise NotFound()
            if current is None:
                raise NoAssignment(valid_on=day.isoformat())
            digest = current.state["decision"]
            decision = await rows.decision_document(connection, digest)
        document = {
            "organization_id": str(organization_id),
            "area": known.areas[digest],
            **_dates(current, "valid_from", "valid_until"),
            "decision": digest,
            **orjson.loads(decision),
            "history": [
                {**_dates(segment, "from", "until"), "state": segment.state}
                for segment in known.segments
            ],
        }
        return orjson.dumps(document).decode(), known.revision

    @refuses(NotFound, PositionAhead)
    async def history(self, caller: Caller, organization_id: UUID, as_of: AsOf) -> dict[str, Any]:
        """What the ledger says of an organization's assignment, up to `as_of.known_at`.

        With `as_of.valid_on`, only what it says of that day.
        """
        day = as_of.valid_on
        async with self.database.snapshot() as connection:
            position = await past.position_of(connection, self.ledger, as_of)
            events = await rows.history(
                connection, organization_id, caller.like_patterns(), position
            )
        if not events:
            raise NotFound()
        return {
            "organization_id": str(organization_id),
            "events": [
                {
                    "position": int(event["sequence"]),
                    "recorded_at": event["time"],
                    "revision": event["revision"],
                    "effective_on": event["data"]["effective_on"],
                    "actor": event["data"]["actor"],
                    "reason": event["data"]["reason"],
                    "timeline": _of_day(event["data"]["timeline"], day),
                }
                for event in events
                if day is None or event["data"]["effective_on"] <= day.isoformat()
            ],
        }


def _dates(segment: Segment, start: str, until: str) -> dict[str, str | None]:
    end = segment.until
    return {start: segment.start.isoformat(), until: None if end is None else end.isoformat()}


def _of_day(timeline: Sequence[Mapping[str, Any]], day: date | None) -> list[Mapping[str, Any]]:
    """The stretches of a timeline that hold on a day; all of them for None."""
    if day is None:
        return [*timeline]
    on = day.isoformat()
    return [s for s in timeline if s["from"] <= on and (s["until"] is None or on < s["until"])]
