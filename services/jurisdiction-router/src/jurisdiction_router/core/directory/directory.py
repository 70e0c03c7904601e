"""The dated directory of areas and Party bodies, as pure data.

Areas and bodies come and go (新区 became districts, streets were split, committees were renamed),
so every area, every parent edge and every body holds over a half-open period, and every question
names a date. Names repeat within one city: everything is keyed on codes and ids, never on names.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from jurisdiction_router.core.directory.areas_and_bodies import (
    AREA_LEVELS,
    BODY_KINDS,
    KINDS_WITH_SYSTEM,
    PLACES,
    Area,
    Body,
    FormerName,
    OtherCode,
    ParentEdge,
    Party,
    Path,
    Succession,
    level_of_code,
    name_on,
    parent_of_code,
)
from jurisdiction_router.core.periods import boundaries, holds_on
from servicekit.bounded_cache import FillingCache

__all__ = [
    "AREA_LEVELS", "BODY_KINDS", "KINDS_WITH_SYSTEM", "Area", "Body", "Directory", "DirectoryView",
    "FormerName", "OtherCode", "ParentEdge", "Party", "Path", "Succession", "level_of_code",
    "name_on", "parent_of_code",
]  # fmt: skip


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
        successions: Iterable[Succession] = (),
    ) -> None:
        self.areas: dict[str, Area] = {area.code: area for area in areas}
        self.bodies: dict[str, Body] = {body.id: body for body in bodies}
        self._edges: dict[str, list[ParentEdge]] = defaultdict(list)
        self._edges_to: dict[str, list[ParentEdge]] = defaultdict(list)
        for edge in edges:
            self._edges[edge.child].append(edge)
            self._edges_to[edge.parent].append(edge)
        self._successors: dict[str, list[Succession]] = defaultdict(list)
        self._predecessors: dict[str, list[Succession]] = defaultdict(list)
        for succession in sorted(successions, key=lambda s: (s.valid_from, s.successor)):
            self._successors[succession.code].append(succession)
            self._predecessors[succession.successor].append(succession)
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

    def edges_to(self, code: str) -> tuple[ParentEdge, ...]:
        """Return every edge whose parent an area ever is, in no particular order."""
        return tuple(self._edges_to.get(code, ()))

    def successors_of(self, code: str) -> tuple[Succession, ...]:
        """Return what ever succeeds an area, the earliest first."""
        return tuple(self._successors.get(code, ()))

    def predecessors_of(self, code: str) -> tuple[Succession, ...]:
        """Return what an area ever succeeds, the earliest first."""
        return tuple(self._predecessors.get(code, ()))

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
            if area is not None:
                dates |= boundaries([area])
            dates |= boundaries(self._edges.get(current, []))
            dates |= {succession.valid_from for succession in self._successors.get(current, ())}
            for body in self._bodies_in.get(current, []):
                for heir in self.heirs(body):
                    dates |= boundaries([heir])
                    dates |= {former.until for former in heir.former_names}
        return dates

    def heirs(self, body: Body) -> list[Body]:
        """Return `body`, the one that succeeds it, and so on; a circle is cut."""
        heirs: list[Body] = []
        current: Body | None = body
        while current is not None and current not in heirs:
            heirs.append(current)
            current = self.bodies.get(current.successor) if current.successor else None
        return heirs

    def above(self, code: str) -> set[str]:
        """Return `code` and every division it ever lies in, by record, by succession or by digits.

        A successor counts where the area itself ends: while it is valid nobody asks for another.
        """
        visited: set[str] = set()
        waiting = [code]
        while waiting:
            current = waiting.pop()
            if current in visited:
                continue
            visited.add(current)
            waiting.extend(edge.parent for edge in self._edges.get(current, []))
            area = self.areas.get(current)
            if area is None or area.valid_until is not None:
                waiting.extend(s.successor for s in self._successors.get(current, []))
            waiting.extend(s.code for s in self._predecessors.get(current, []))
            by_digits = parent_of_code(current)
            if by_digits is not None:
                waiting.append(by_digits)
        return visited


@dataclass(frozen=True, slots=True, eq=False)
class DirectoryView:
    """The directory on one date. A handle, not a copy: it remembers only what it was asked."""

    directory: Directory
    day: date
    _paths: FillingCache[str, Path] = field(init=False, repr=False)
    _settled: FillingCache[str, str | None] = field(init=False, repr=False)
    _bodies_by_place: FillingCache[tuple[str, str, str | None], list[Body]] = field(
        init=False, repr=False
    )
    parties: FillingCache[tuple[str, str, str | None], Party | None] = field(init=False, repr=False)
    """By kind, area and system: the one body there, if `only` finds one."""
    around: FillingCache[tuple[str | None, ...], tuple[str | None, ...]] = field(
        init=False, repr=False
    )
    """The areas around `(domicile, registering)`, in the order of `PLACES`; None comes last, for
    what names no place."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_paths", FillingCache(self._walk_up))
        object.__setattr__(self, "_settled", FillingCache(self._settle))
        object.__setattr__(self, "_bodies_by_place", FillingCache(self._find))
        object.__setattr__(self, "parties", FillingCache(self._party))
        object.__setattr__(self, "around", FillingCache(self._look_around))

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

    def stands_for(self, code: str) -> frozenset[str]:
        """Return the areas that stand for `code` on the date.

        Usually `code` alone. A code that has ended stands for its successors, one that is not there
        yet for its predecessors; more than one where it was split or merged. Empty for a code that
        ended without a successor, or that the directory never holds.
        """
        area = self.directory.areas.get(code)
        if area is not None and holds_on(area, self.day):
            return frozenset({code})
        forward = area is None or area.valid_from <= self.day
        return frozenset(self._others(code, forward, {code}))

    def _others(self, code: str, forward: bool, visited: set[str]) -> set[str]:
        """Follow successions in one direction in time, to the areas that are valid on the date."""
        if forward:
            codes = [s.successor for s in self.directory.successors_of(code)
                     if s.valid_from <= self.day]  # fmt: skip
        else:
            codes = [s.code for s in self.directory.predecessors_of(code)
                     if self.day < s.valid_from]  # fmt: skip
        others: set[str] = set()
        for other in codes:
            if other in visited:
                continue
            visited.add(other)
            others |= {other} if self.area(other) else self._others(other, forward, visited)
        return others

    def settle(self, code: str | None) -> str | None:
        """Return the one area that stands for `code` on the date; None where there are several.

        A code the directory knows nothing of stands for itself: its digits say where it lies.
        """
        return None if code is None else self._settled[code]

    def _settle(self, code: str) -> str | None:
        standing = self.stands_for(code)
        one = next(iter(standing)) if len(standing) == 1 else None
        return one if standing else code

    def streets_within(self, code: str | None, most: int) -> list[str] | None:
        """Return the streets that lie in what stands for `code` on the date, in their order.

        None where they are more than `most`. Of a street or a community: itself, or what stands
        for it.
        """
        waiting = [] if code is None else sorted(self.stands_for(code))
        visited: set[str] = set()
        streets: set[str] = set()
        while waiting:
            current = waiting.pop()
            area = self.area(current)
            if current in visited or area is None:
                continue
            visited.add(current)
            if area.level in ("street", "community"):
                streets.add(current)
            else:
                edges = self.directory.edges_to(current)
                waiting += [edge.child for edge in edges if holds_on(edge, self.day)]
            if len(streets) > most:
                return None
        return sorted(streets)

    def path(self, code: str | None) -> Path:
        """Walk from a division code up to its province.

        A code of another time is followed to what stands for it on the date; where that are several
        areas, the levels on which they agree are known. A code the directory does not hold at all
        (communities are often not loaded) is placed by its digits, and named in `read_from_code`.
        """
        return Path() if code is None else self._paths[code]

    def _walk_up(self, code: str) -> Path:
        levels: dict[str, str] = {}
        read_from_code: list[str] = []
        by_succession: list[str] = []
        visited: set[str] = set()
        current: str | None = code
        while current is not None and current not in visited:
            visited.add(current)
            area = self.area(current)
            if area is None and (others := self.stands_for(current)):
                by_succession.append(current)
                agreed = _agreed([self.path(other) for other in sorted(others)])
                levels = agreed | levels
                break
            level = area.level if area is not None else level_of_code(current)
            if level is not None:
                levels.setdefault(level, current)
            parent = self.parent(current) if area is not None else None
            if area is None and level is not None:
                read_from_code.append(current)
            current = parent if parent is not None else parent_of_code(current)
        return Path(
            **levels, read_from_code=tuple(read_from_code), by_succession=tuple(by_succession)
        )

    def _look_around(self, key: tuple[str | None, ...]) -> tuple[str | None, ...]:
        """The city and the province fall back on the registering authority's.

        An organization that a city registered is that city's even when its domicile is not
        recorded. The district does not fall back.
        """
        domicile, registering = key
        path, other = self.path(domicile), self.path(registering)
        known: dict[str, str | None] = {
            "registering": self.settle(registering),
            "province": path.province or other.province,
            "city": path.city or other.city,
            "district": path.district,
            "street": path.street,
            "community": path.community,
        }
        return (*(known[place] for place in PLACES), None)

    def find(self, kind: str, code: str, system: str | None) -> list[Body]:
        """Return the bodies of a kind (and sector, where one is asked for) an area has that day.

        Where it has none any more, those that succeed its last ones and exist that day. The list
        is shared: it is not to be changed.
        """
        return self._bodies_by_place[kind, code, system]

    def only(self, kind: str, code: str, system: str | None) -> Body | None:
        """Return the body that `find` finds if it is the only one."""
        bodies = self.find(kind, code, system)
        return bodies[0] if len(bodies) == 1 else None

    def _party(self, key: tuple[str, str, str | None]) -> Party | None:
        body = self.only(*key)
        return None if body is None else Party.of(body)

    def _find(self, key: tuple[str, str, str | None]) -> list[Body]:
        kind, code, system = key
        ever = [
            body
            for body in self.directory.bodies_at(code, kind)
            if system is None or body.system == system
        ]
        bodies = [body.on(self.day) for body in ever if holds_on(body, self.day)]
        return bodies or self._succeeding(ever)

    def _succeeding(self, ended: Iterable[Body]) -> list[Body]:
        """Return the bodies that stand where `ended` ones stood, by id, each once."""
        heirs = chain.from_iterable(
            self.directory.heirs(body)[1:]
            for body in ended
            if body.successor is not None and body.valid_from <= self.day
        )
        bodies = {heir.id: heir.on(self.day) for heir in heirs if holds_on(heir, self.day)}
        return [bodies[key] for key in sorted(bodies)]

    def body(self, body_id: str) -> Body | None:
        """Return a body under its name of the date, or the one that has succeeded it by then."""
        body = self.directory.bodies.get(body_id)
        heirs = [] if body is None else self.directory.heirs(body)
        return next((heir.on(self.day) for heir in heirs if holds_on(heir, self.day)), None)


def _agreed(paths: list[Path]) -> dict[str, str]:
    """Return the levels on which all `paths` name the same area."""
    first, *others = paths
    return {
        level: code
        for level in AREA_LEVELS
        if (code := getattr(first, level)) is not None
        and all(getattr(other, level) == code for other in others)
    }
