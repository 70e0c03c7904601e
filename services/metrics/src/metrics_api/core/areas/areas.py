"""Areas over time: which street lies in which district, city and province, on a given day.

Always by code and dated edge, never by name (names repeat within one city) and by the digits of
the code only where the directory knows nothing: a split or a transfer leaves digits that lie. A
code of another time lies where what stands for it lies; where that are several areas, only the
levels on which they agree are known.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from metrics_api.core.areas.dated_versions import DatedVersions
from metrics_api.core.areas.successions import Succession, Successions
from metrics_api.core.definitions.dimensions import AREA_LEVELS


@dataclass(frozen=True, slots=True)
class AreaVersion:
    """What the directory says of one area on `[valid_from, valid_until)`."""

    code: str
    level: str
    parent: str | None
    name: str
    valid_from: date
    valid_until: date
    successors: tuple[Succession, ...] = ()
    """All that ever succeed the area, whatever their day."""


class AreaPath(NamedTuple):
    """Where an area lies, by code; None at the levels below it."""

    province: str | None
    city: str | None
    district: str | None
    street: str | None


NOWHERE = AreaPath(None, None, None, None)
_DISTRICT_DIGITS, STREET_DIGITS = 6, 9


def path_by_digits(code: str) -> AreaPath:
    """The path that the digits of a GB/T 2260 code suggest, for an area the directory lacks."""
    street = code if len(code) >= 9 else None
    district = code[:6] if len(code) >= 6 and code[4:6] != "00" else None
    city = f"{code[:4]}00" if len(code) >= 4 and code[2:4] != "00" else None
    return AreaPath(f"{code[:2]}0000", city, district, street)


class AreaHierarchy:
    """The areas of one day; what one edition of the directory says about it."""

    def __init__(self, areas: Iterable[AreaVersion], day: date, successions: Successions) -> None:
        self._areas = {area.code: area for area in areas}
        self._day = day
        self._successions = successions
        self._paths: dict[str, AreaPath] = {}

    def path(self, code: str | None) -> AreaPath:
        """Where `code` lies: by the directory's edges, above the last of them by its digits.

        A code that is not there on the day lies where those that stand for it agree.
        """
        if code is None:
            return NOWHERE
        area_path = self._paths.get(code)
        if area_path is None:
            levels = self._levels(code, frozenset())
            area_path = self._paths[code] = AreaPath(*(levels.get(level) for level in AREA_LEVELS))
        return area_path

    def name(self, code: str) -> str | None:
        """The area's name on that day, None where it is not there."""
        area = self._areas.get(code)
        return area.name if area else None

    def _levels(self, code: str, above: frozenset[str]) -> dict[str, str]:
        """The area at each level that is known; `above`: codes it was reached from."""
        levels: dict[str, str] = {}
        climbed: list[str] = []
        top: str | None = code
        while top is not None and top not in climbed:
            climbed.append(top)
            area = self._areas.get(top)
            if area is not None:
                levels.setdefault(area.level, top)
                top = area.parent
            elif others := self._successions.standing_for(top, self._day, self._areas) - above:
                reached = above.union(climbed, others)
                return _agreed([self._levels(other, reached) for other in others]) | levels
            else:
                if len(top) >= STREET_DIGITS:
                    levels.setdefault("street", top)
                top = top[:_DISTRICT_DIGITS] if len(top) >= STREET_DIGITS else None
        digits = path_by_digits(climbed[-1])._asdict()
        return {level: value for level, value in digits.items() if value is not None} | levels


def _agreed(paths: Sequence[dict[str, str]]) -> dict[str, str]:
    """The levels on which all `paths` name the same area."""
    first, *others = paths
    return {
        level: code
        for level, code in first.items()
        if all(other.get(level) == code for other in others)
    }


class AreaDirectory:
    """All versions of all areas, as one edition knows them.

    Hierarchies are kept per interval of days between two changes of the directory, so a query for
    any date costs the walk only once per interval.
    """

    def __init__(self, versions: Iterable[AreaVersion]) -> None:
        self._versions = tuple(versions)
        begins: dict[str, date] = {}
        for version in self._versions:
            begins[version.code] = min(version.valid_from, begins.get(version.code, date.max))
        self._successions = Successions(
            begins, ((v.code, heir) for v in self._versions for heir in v.successors)
        )
        bounds = {v.valid_from for v in self._versions} | {v.valid_until for v in self._versions}
        self._bounds = sorted(bounds | self._successions.days)
        self.versions = DatedVersions(self._versions)
        self._hierarchies: dict[int, AreaHierarchy] = {}

    def knows(self, code: str) -> bool:
        """Whether the directory tells of the area, on whatever day."""
        return code in self.versions

    def interval(self, day: date) -> int:
        """A number that is equal for days with the same hierarchy."""
        return bisect_right(self._bounds, day)

    def on(self, day: date) -> AreaHierarchy:
        """The hierarchy in force on `day`."""
        interval = self.interval(day)
        hierarchy = self._hierarchies.get(interval)
        if hierarchy is None:
            there = (v for v in self._versions if v.valid_from <= day < v.valid_until)
            hierarchy = AreaHierarchy(there, day, self._successions)
            self._hierarchies[interval] = hierarchy
        return hierarchy
