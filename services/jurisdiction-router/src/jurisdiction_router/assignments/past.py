"""Assignments on a day as known at a position of the ledger: folded from the events up to there.

No second copy of the past is kept. Lists go through the organizations in the order of their ids, a
batch at a time, so that a page never costs more than `_BUDGET` organizations: a page of a rare
filter may be short, or empty, and still have a successor. A limited caller's way leads only past
organizations that had touched its areas by then: a cursor names no other, and short pages tell
nothing of how many others there are.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assignments import rows
from jurisdiction_router.assignments.rows import EXACT
from servicekit.errors import PositionAhead
from servicekit.ledger import Ledger
from servicekit.time import AsOf, Segment, splice

_BATCH = 1_000
_BUDGET = 5_000


class PastFilter(NamedTuple):
    """Which assignments, when: filters, and a limited caller's areas, hold *then*."""

    day: date
    position: int
    filters: Mapping[str, Sequence[str]]
    patterns: Sequence[str] | None


class PastPage(NamedTuple):
    """Documents in the order of their organizations, and the id to go on after; None at the end."""

    documents: list[dict[str, Any]]
    next_after: UUID | None


class KnownAssignment(NamedTuple):
    """An organization's timeline as known at a position, its revision, the areas it lay in."""

    segments: list[Segment]
    revision: int
    areas: Mapping[str, str]
    """The access area of each decision, by digest."""


async def position_of(connection: AsyncConnection, ledger: Ledger, as_of: AsOf) -> int:
    """The position that `as_of` means, by default the last. Raises Refusal `position-ahead`."""
    head = (await ledger.head(connection)).position
    if isinstance(as_of.known_at, datetime):
        return await rows.position_at(connection, as_of.known_at)
    position = head if as_of.known_at is None else as_of.known_at
    if position > head:
        raise PositionAhead(after=position, head=head)
    return position


async def known_assignment(
    connection: AsyncConnection, organization: UUID, position: int
) -> KnownAssignment | None:
    """What was stored of one organization at a position; None when it was not known."""
    segments = (await _timelines(connection, [organization], position)).get(organization)
    if not segments:
        return None
    revision = await rows.revision_at(connection, organization, position)
    areas = await rows.areas_of(connection, (str(s.state["decision"]) for s in segments))
    return KnownAssignment(segments, revision, areas)


async def page(
    connection: AsyncConnection, requested: PastFilter, after: UUID | None, limit: int
) -> PastPage:
    """Up to `limit` assignments in the order of their organizations, after `after`."""
    documents: list[dict[str, Any]] = []
    visited = 0
    while visited < _BUDGET:
        batch = await rows.organizations(
            connection, requested.position, requested.patterns, after, _BATCH
        )
        for document in await _among(connection, requested, batch):
            if len(documents) == limit:
                return PastPage(documents, UUID(documents[-1]["organization_id"]))
            documents.append(document)
        if len(batch) < _BATCH:
            return PastPage(documents, None)
        after = batch[-1]
        visited += len(batch)
    return PastPage(documents, after)


async def _among(
    connection: AsyncConnection, requested: PastFilter, batch: Sequence[UUID]
) -> list[dict[str, Any]]:
    timelines = await _timelines(connection, batch, requested.position)
    current = {
        organization: segment
        for organization, segments in timelines.items()
        for segment in segments
        if segment.holds_on(requested.day)
    }
    areas = await rows.areas_of(connection, (str(s.state["decision"]) for s in current.values()))
    documents = [
        {
            "organization_id": str(organization),
            "area": areas.get(segment.state["decision"], ""),
            "valid_from": segment.start.isoformat(),
            "valid_until": segment.until.isoformat() if segment.until else None,
            **segment.state,
        }
        for organization, segment in sorted(current.items())
    ]
    return [document for document in documents if _matches(document, requested)]


def _matches(document: Mapping[str, Any], requested: PastFilter) -> bool:
    supervising = document["supervising"] or {}
    values = {
        **document, "body_id": supervising.get("id"), "body_kind": supervising.get("kind"),
    }  # fmt: skip
    filters = requested.filters
    exact = all(values[name] in filters[name] for name in EXACT if name in filters)
    flagged = "flag" not in filters or not set(filters["flag"]).isdisjoint(document["flags"])
    areas = tuple(filters.get("area", ("",)))
    visible = (
        ("",) if requested.patterns is None else tuple(p.rstrip("%") for p in requested.patterns)
    )
    area = str(document["area"])
    return exact and flagged and area.startswith(areas) and area.startswith(visible)


async def _timelines(
    connection: AsyncConnection, organizations: Sequence[UUID], position: int
) -> dict[UUID, list[Segment]]:
    timelines: dict[UUID, list[Segment]] = {}
    for organization, event in await rows.events(connection, organizations, position):
        data = event["data"]
        following = map(Segment.parse, data["timeline"])
        timelines[organization] = splice(
            timelines.get(organization, []), date.fromisoformat(data["effective_on"]), following
        )
    return timelines
