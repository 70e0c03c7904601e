"""The story of an organization: stretches of valid time, what changed in each and through what.

A caller limited to areas is told what happened while the organization lay inside them: stretches
outside are left out, with the events that took effect in them or touched other areas only. What
was before the first stretch that a caller sees, moved in or founded, is not told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry_api.core.organization.columns import columns, value_at
from registry_api.core.organization.state import State, access_area
from servicekit.time import Segment, splice


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event of one organization, as the ledger tells it.

    `timeline` replaces all that was known from `effective_on` on; it is None where a later event
    about the same or an earlier date has replaced it in turn.
    """

    position: int
    revision: int
    type: str
    effective_on: date
    recorded_at: datetime
    actor: str
    areas: Sequence[str]
    reason: str | None
    change: dict[str, Any] | None
    digest: bytes
    timeline: Sequence[Segment] | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs from the stretch before."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch `[start, until)` in which nothing changed.

    `changes` is None where what was before is not told. `events` took effect in this stretch, in
    the order of their dates, also what changed nothing visible or was corrected since.
    """

    start: date
    until: date | None
    changes: Sequence[FieldChange] | None
    events: Sequence[RecordedEvent]


def known_timeline(events: Sequence[RecordedEvent]) -> list[Segment]:
    """The whole timeline by events in the order of their positions."""
    segments: list[Segment] = []
    for event in events:
        if event.timeline is not None:
            segments = splice(segments, event.effective_on, event.timeline)
    return segments


def timeline_of(events: Sequence[RecordedEvent], may_see: Callable[..., bool]) -> list[Chapter]:
    """The story by events in the order of their positions; `may_see` says which areas are told."""
    chapters: list[Chapter] = []
    before: State | None = None
    for segment in known_timeline(events):
        if not may_see(access_area(segment.state)):
            before = None
            continue
        inside = [e for e in events if segment.holds_on(e.effective_on) and may_see(*e.areas)]
        changes = None if before is None else differences(before, segment.state)
        ordered = sorted(inside, key=lambda event: (event.effective_on, event.position))
        chapters.append(Chapter(segment.start, segment.until, changes, ordered))
        before = segment.state
    return chapters


def differences(before: State, after: State) -> list[FieldChange]:
    """The leaves that differ, in the order of the document."""
    changes = []
    for column in columns():
        old, new = value_at(before, column.path), value_at(after, column.path)
        if old != new:
            changes.append(FieldChange(column.dotted, old, new))
    return changes
