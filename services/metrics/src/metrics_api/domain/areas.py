"""Areas over time: which street lies in which district, city and province, on a given day.

Always by code and dated edge, never by name (names repeat within one city) and by the digits of
the code only where the directory knows nothing: a split or a transfer leaves digits that lie.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from metrics_api.domain.dated_versions import DatedVersions
from metrics_api.domain.dimensions import AREA_LEVELS


@dataclass(frozen=True, slots=True)
class AreaVersion:
    """What the directory says of one area on `[valid_from, valid_until)`."""

    code: str
    level: str
    parent: str | None
    name: str
    valid_from: date
    valid_until: date


class AreaPath(NamedTuple):
    """Where an area lies, by code; None at the levels below it."""

    province: str | None
    city: str | None
    district: str | None
    street: str | None


NOWHERE = AreaPath(None, None, None, None)


def path_by_digits(code: str) -> AreaPath:
    """The path that the digits of a GB/T 2260 code suggest, for an area the directory lacks."""
    street = code if len(code) >= 9 else None
    district = code[:6] if len(code) >= 6 and code[4:6] != "00" else None
    city = f"{code[:4]}00" if len(code) >= 4 and code[2:4] != "00" else None
    return AreaPath(f"{code[:2]}0000", city, district, street)


class AreaHierarchy:
    """The areas of one day; what one edition of the directory says about it."""

    def __init__(self, areas: Iterable[AreaVersion]) -> None:
        self._areas = {area.code: area for area in areas}
        self._paths: dict[str, AreaPath] = {}

    def path(self, code: str | None) -> AreaPath:
        """Where `code` lies: by the directory's edges, above the last of them by its digits."""
        if code is None:
            return NOWHERE
        found = self._paths.get(code)
        if found is None:
            found = self._paths[code] = self._walk(code)
        return found

    def name(self, code: str) -> str | None:
        """The area's name on that day, None where it is not there."""
        area = self._areas.get(code)
        return area.name if area else None

    def _walk(self, code: str) -> AreaPath:
        levels: dict[str, str] = {}
        top = code
        if code not in self._areas and len(code) >= 9:
            levels["street"], top = code, code[:6]
        while (area := self._areas.get(top)) is not None and area.level not in levels:
            levels[area.level] = top
            if area.parent is None:
                break
            top = area.parent
        digits = path_by_digits(top)
        return AreaPath(*(levels.get(level) or getattr(digits, level) for level in AREA_LEVELS))


class AreaDirectory:
    """All versions of all areas, as one edition knows them.

    Hierarchies are kept per stretch of days between two changes of the directory, so a query for
    any date costs the walk only once per stretch.
    """

    def __init__(self, versions: Iterable[AreaVersion]) -> None:
        self._versions = tuple(versions)
        bounds = {v.valid_from for v in self._versions} | {v.valid_until for v in self._versions}
        self._bounds = sorted(bounds)
        self.versions = DatedVersions(self._versions)
        self._hierarchies: dict[int, AreaHierarchy] = {}

    def knows(self, code: str) -> bool:
        """Whether the directory tells of the area, on whatever day."""
        return code in self.versions

    def stretch(self, day: date) -> int:
        """A number that is equal for days with the same hierarchy."""
        return bisect_right(self._bounds, day)

    def on(self, day: date) -> AreaHierarchy:
        """The hierarchy in force on `day`."""
        stretch = self.stretch(day)
        found = self._hierarchies.get(stretch)
        if found is None:
            found = AreaHierarchy(v for v in self._versions if v.valid_from <= day < v.valid_until)
            self._hierarchies[stretch] = found
        return found
