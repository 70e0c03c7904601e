"""The law of the fold: how patches with dates become states over valid time.

The state of a subject on date D as known at position P is the fold of its patches with
`effective_on ≤ D` and `position ≤ P`, ordered by (`effective_on`, `position`). A correction is
therefore just a later patch about an earlier date, and a later fact that was already known keeps
its effect.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from servicekit.time.period import Segment


def merge_patch(state: Any, patch: Any) -> Any:
    """Apply an RFC 7396 merge patch without changing `state`.

    Unlike the RFC, `null` sets a member to null and keeps it: documents here always show every
    field, so "absent" and "unknown" are one thing.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(state) if isinstance(state, dict) else {}
    for key, value in patch.items():
        merged[key] = merge_patch(merged.get(key), value)
    return merged


def merge_diff(before: Any, after: dict[str, Any]) -> dict[str, Any]:
    """The smallest patch with `merge_patch(before, patch) == after`; {} when they are equal.

    Members that only `before` has are left alone: states of one kind have the same members.
    """
    if not isinstance(before, dict):
        return after
    patch: dict[str, Any] = {}
    for key, value in after.items():
        if key in before and before[key] == value:
            continue
        old = before.get(key)
        nested = isinstance(value, dict) and isinstance(old, dict)
        patch[key] = merge_diff(old, value) if nested else value
    return patch


def fold(
    patches: Iterable[tuple[date, int, dict[str, Any]]],
    complete: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> list[Segment]:
    """The whole timeline from patches `(effective_on, position, patch)` in any order.

    `complete` makes a folded state whole: a back-dated patch may null an object into which a later
    one writes a single member, and documents always show every member.

    Segments follow each other without a gap from the earliest `effective_on`, the last one open;
    neighbours with equal states are one segment.
    """
    ordered = sorted(patches, key=lambda item: (item[0], item[1]))
    segments: list[Segment] = []
    state: dict[str, Any] = {}
    for effective_on, _, patch in ordered:
        state = complete(merge_patch(state, patch))
        if segments and segments[-1].start == effective_on:
            segments.pop()
        if segments and segments[-1].state == state:
            continue
        segments.append(Segment(effective_on, None, state))
    if not segments:
        return []
    return [
        Segment(s.start, following.start if following else None, s.state)
        for s, following in zip(segments, [*segments[1:], None], strict=True)
    ]


def from_date(segments: Iterable[Segment], effective_on: date) -> list[Segment]:
    """The part of a timeline on and after `effective_on`, the segment that spans it cut there."""
    kept: list[Segment] = []
    for segment in segments:
        if segment.until is not None and segment.until <= effective_on:
            continue
        kept.append(Segment(max(segment.start, effective_on), segment.until, segment.state))
    return kept


def state_on(segments: Iterable[Segment], day: date) -> dict[str, Any] | None:
    """The state on `day`, or None where the timeline does not reach."""
    for segment in segments:
        if segment.start <= day and (segment.until is None or day < segment.until):
            return segment.state
    return None


def replace_from(
    segments: Iterable[Segment], effective_on: date, following: Iterable[Segment]
) -> list[Segment]:
    """A held timeline with everything from `effective_on` on replaced by `following`.

    This is what a follower does with an event. Neighbours with equal states are joined.
    """
    joined: list[Segment] = []
    before = [
        Segment(s.start, min(s.until, effective_on) if s.until else effective_on, s.state)
        for s in segments
        if s.start < effective_on
    ]
    for segment in [*before, *following]:
        last = joined[-1] if joined else None
        if last and last.until == segment.start and last.state == segment.state:
            joined[-1] = Segment(last.start, segment.until, last.state)
        else:
            joined.append(segment)
    return joined
