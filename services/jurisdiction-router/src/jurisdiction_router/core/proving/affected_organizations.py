"""Which organizations a counterexample affects, and over which days.

A counterexample speaks of places of the directory; an organization keeps the codes it was
registered under. On each day its codes are settled as a decision settles them: a code of another
time is what stands for it, a community that is not in the directory lies in its street.
"""

from datetime import date

from jurisdiction_router.core.directory.directory import Directory, DirectoryView
from jurisdiction_router.core.proving.proof import AFFECTING, Counterexample, Extent
from jurisdiction_router.core.rules.facts import Facts
from servicekit.bounded_cache import FillingCache

Days = tuple[date, date | None]
"""From a day on, until (not including) another, if there is one."""


class AffectedPeriods:
    """Asks of one directory whom counterexamples over it hit."""

    def __init__(self, directory: Directory) -> None:
        self._views: FillingCache[date, DirectoryView] = FillingCache(directory.on)

    def of(self, example: Counterexample, facts: Facts, always: Days) -> list[Days]:
        """Return the days over which an organization with these facts is hit, in order.

        `always` are those of a counterexample that is the same everywhere and at any time.
        """
        if example.kind not in AFFECTING or not example.has_facts(facts):
            return []
        if example.place is None:
            return [always]
        days: list[Days] = []
        for extent in sorted(example.place.extents, key=lambda extent: extent.valid_from):
            if not self._lies_in(extent, facts):
                continue
            if days and days[-1][1] == extent.valid_from:
                days[-1] = days[-1][0], extent.valid_until
            else:
                days.append((extent.valid_from, extent.valid_until))
        return days

    def _lies_in(self, extent: Extent, facts: Facts) -> bool:
        # Nothing changes in the territory while an extent lasts: its first day stands for all.
        view = self._views[extent.valid_from]
        if view.settle(facts.registering) not in extent.authorities:
            return False
        around = view.path(facts.domicile).codes()
        return next((code for code in around if view.area(code)), None) in extent.domiciles
