"""The law of the fold: how patches with dates become states over valid time.

The state of a subject on date D as known at position P is the fold of its patches with
`effective_on ≤ D` and `position ≤ P`, ordered by (`effective_on`, `position`). A correction is
therefore just a later patch about an earlier date, and a later fact that was already known keeps
its effect.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from servicekit.time.period import Segment, merge


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
    states: dict[date, dict[str, Any]] = {}
    state: dict[str, Any] = {}
    for effective_on, _, patch in sorted(patches, key=lambda item: item[:2]):
        state = complete(merge_patch(state, patch))
        states[effective_on] = state
    starts = list(states)
    return merge(
        Segment(start, until, states[start])
        for start, until in zip(starts, [*starts[1:], None], strict=False)
    )
