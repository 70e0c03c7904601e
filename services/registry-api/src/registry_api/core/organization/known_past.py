"""What is known of an organization so far, and what a patch on a day makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry_api.core.organization.state import State, access_area, settled
from servicekit.time import Segment, cut, fold, value_on

Patch = tuple[date, int, dict[str, Any]]
"""(effective_on, position, RFC 7396 merge patch)."""

AFTER_ALL = 2**62
"""Sorts a new patch after all that its date already has; its position is not known yet."""


@dataclass(frozen=True, slots=True)
class PatchedPast:
    """What a patch makes of an organization's past.

    The `whole` timeline, the part of it from the patch's day on, and the access areas touched
    before or after the patch.
    """

    whole: list[Segment]
    timeline: list[Segment]
    areas: list[str]


class KnownPast:
    """An organization's patches, folded into its `timeline`."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self._patches = patches
        self.timeline = fold(patches, settled)

    def on(self, day: date) -> State | None:
        """The state on `day`, None before the first patch."""
        return value_on(self.timeline, day)

    def patched(self, day: date, patch: dict[str, Any]) -> PatchedPast:
        """What `patch` makes of the timeline from `day` on; later facts keep their effect."""
        whole = fold([*self._patches, (day, AFTER_ALL, patch)], settled)
        after = cut(whole, day)
        return PatchedPast(whole, after, _areas([*cut(self.timeline, day), *after]))

    def areas(self) -> list[str]:
        """The access areas it ever had."""
        return _areas(self.timeline)


def _areas(timeline: Sequence[Segment]) -> list[str]:
    areas = dict.fromkeys(access_area(segment.state) for segment in timeline)
    return [area for area in areas if area]
