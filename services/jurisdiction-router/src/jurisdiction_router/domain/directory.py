"""The dated directory of areas and Party bodies, as pure data.

Areas and bodies come and go (新区 became districts, streets were split, committees were renamed),
so every area, every parent edge and every body holds over a half-open period, and every question
names a date. Names repeat within one city: everything is keyed on codes and ids, never on names.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from jurisdiction_router.domain.periods import boundaries, holds_on

AREA_LEVELS: Final = ("province", "city", "district", "street", "community")
BODY_KINDS: Final = frozenset(
    {
        "city_education_work_committee",
        "city_health_work_committee",
        "district_education_committee",
        "district_health_committee",
        "street_work_committee",
        "community_committee",
        "social_organization_committee",
        "two_new_work_committee",
        "industry_committee",
        "joint_committee",
        "business_supervisor_committee",
        "society_work_department",
    }
)
KINDS_WITH_SYSTEM: Final = frozenset({"business_supervisor_committee", "industry_committee"})


@dataclass(frozen=True, slots=True)
class Area:
    """A division of the country, keyed by its GB/T 2260 code (6, 9 or 12 digits)."""

    code: str
    name: str
    level: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ParentEdge:
    """`child` lies in `parent` over a period; a transfer of a street is two edges."""

    child: str
    parent: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A Party body that can supervise or assist; `system` says which sector's, where it has one."""

    id: str
    kind: str
    name: str
    area_code: str
    system: str | None
    valid_from: date
    valid_until: date | None = None
    successor: str | None = None


class Path(NamedTuple):
    """The areas around a division code on a date, by level; None where unknown."""

    province: str | None = None
    city: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    read_from_code: tuple[str, ...] = ()
    """Codes the directory does not hold on that date, whose place was read from their digits."""

    def codes(self) -> tuple[str, ...]:
        """Return the known areas, most specific first."""
        found = (self.community, self.street, self.district, self.city, self.province)
        return tuple(code for code in found if code is not None)


def level_of_code(code: str) -> str | None:
    """Read the level out of a division code's digits (GB/T 2260, GB/T 10114)."""
    if len(code) == 12:
        return "community"
    if len(code) == 9:
        return "street"
    if len(code) != 6 or code == "100000":
        return None
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def parent_of_code(code: str) -> str | None:
    """Return the division that a code's own digits nest it in, or None at the top."""
    match level_of_code(code):
        case "community":
            return code[:9]
        case "street":
            return code[:6]
        case "district":
            return code[:4] + "00"
        case "city":
            return code[:2] + "0000"
        case _:
            return None


class Directory:
    """All areas, parent edges and bodies over all time, indexed for questions on a date.

    Immutable once built: a changed directory is a new one, so whatever was computed from this one
    stays explained by it.
    """

    def __init__(
        self,
        areas: Iterable[Area] = (),
        edges: Iterable[ParentEdge] = (),
        bodies: Iterable[Body] = (),
    ) -> None:
        self.areas: dict[str, Area] = {area.code: area for area in areas}
        self.bodies: dict[str, Body] = {body.id: body for body in bodies}
        self._edges: dict[str, list[ParentEdge]] = defaultdict(list)
        for edge in edges:
            self._edges[edge.child].append(edge)
        self._bodies_at: dict[tuple[str, str], list[Body]] = defaultdict(list)
        self._bodies_in: dict[str, list[Body]] = defaultdict(list)
        for body in sorted(self.bodies.values(), key=lambda body: body.id):
            self._bodies_at[body.area_code, body.kind].append(body)
            self._bodies_in[body.area_code].append(body)
        self._breakpoints: dict[str, frozenset[date]] = {}

    def on(self, day: date) -> "DirectoryView":
        """Return the directory as it stands on `day`."""
        return DirectoryView(self, day)

    def edges_of(self, code: str) -> tuple[ParentEdge, ...]:
        """Return every parent edge an area ever has, in no particular order."""
        return tuple(self._edges.get(code, ()))

    def bodies_at(self, code: str, kind: str) -> list[Body]:
        """Return the bodies of a kind an area ever has, ordered by id."""
        return self._bodies_at.get((code, kind), [])

    def breakpoints(self, code: str | None) -> frozenset[date]:
        """Return the dates on which anything on `code`'s way up to the province changes.

        Between two of them every question about that place has one answer. The way up is the
        closure over all time of recorded parents and of the code's own digits, so it may name a
        date too many, never one too few.
        """
        if code is None:
            return frozenset()
        known = self._breakpoints.get(code)
        if known is None:
            known = self._breakpoints[code] = frozenset(self._changes_above(code))
        return known

    def _changes_above(self, code: str) -> set[date]:
        dates: set[date] = set()
        for current in self.above(code):
            area = self.areas.get(current)
            dates |= boundaries([area] if area else [])
            dates |= boundaries(self._edges.get(current, []))
            dates |= boundaries(self._bodies_in.get(current, []))
        return dates

    def above(self, code: str) -> set[str]:
        """Return `code` and every division it ever lies in, by record or by its digits."""
        seen: set[str] = set()
        waiting = [code]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            waiting.extend(edge.parent for edge in self._edges.get(current, []))
            by_digits = parent_of_code(current)
            if by_digits is not None:
                waiting.append(by_digits)
        return seen


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """The directory on one date. A handle, not a copy: it remembers only paths it has walked."""

    directory: Directory
    day: date
    _paths: dict[str, Path] = field(default_factory=dict, compare=False, repr=False)

    def area(self, code: str) -> Area | None:
        """Return the area with that code if it exists on the date."""
        area = self.directory.areas.get(code)
        return area if area is not None and holds_on(area, self.day) else None

    def parent(self, code: str) -> str | None:
        """Return the recorded parent of an area on the date."""
        for edge in self.directory.edges_of(code):
            if holds_on(edge, self.day):
                return edge.parent
        return None

    def path(self, code: str | None) -> Path:
        """Walk from a division code up to its province.

        A code the directory does not hold on the date (communities are often not loaded, a street
        code may have been retired) is placed by its digits, and named in `read_from_code`.
        """
        if code is None:
            return Path()
        known = self._paths.get(code)
        if known is None:
            known = self._paths[code] = self._walk_up(code)
        return known

    def _walk_up(self, code: str) -> Path:
        levels: dict[str, str] = {}
        read_from_code: list[str] = []
        seen: set[str] = set()
        current: str | None = code
        while current is not None and current not in seen:
            seen.add(current)
            area = self.area(current)
            level = area.level if area is not None else level_of_code(current)
            if level is not None:
                levels.setdefault(level, current)
            parent = self.parent(current) if area is not None else None
            if area is None and level is not None:
                read_from_code.append(current)
            current = parent if parent is not None else parent_of_code(current)
        return Path(**levels, read_from_code=tuple(read_from_code))

    def find(self, kind: str, code: str, system: str | None) -> list[Body]:
        """Return the bodies of a kind (and sector, where one is asked for) an area has that day."""
        return [
            body
            for body in self.directory.bodies_at(code, kind)
            if holds_on(body, self.day) and (system is None or body.system == system)
        ]
