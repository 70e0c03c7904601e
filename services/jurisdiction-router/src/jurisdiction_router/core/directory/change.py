"""A change of the directory as a value: areas and bodies, whole, as they shall be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jurisdiction_router.core.directory.areas_and_bodies import Area, Body, ParentEdge, Succession
from jurisdiction_router.core.directory.directory import Directory


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """An area with all its parent edges and all that ever succeeds it."""

    area: Area
    edges: tuple[ParentEdge, ...]
    successions: tuple[Succession, ...] = ()

    @classmethod
    def of(cls, directory: Directory, code: str) -> "AreaEntry":
        """Return an area as it stands in the directory. Errors: `KeyError`."""
        edges = sorted(directory.edges_of(code), key=lambda edge: edge.valid_from)
        return cls(directory.areas[code], tuple(edges), directory.successors_of(code))


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """Areas and bodies to add or to replace; what is not named stays."""

    areas: Sequence[AreaEntry] = ()
    bodies: Sequence[Body] = ()

    def applied_to(self, before: Directory) -> Directory:
        """Return the directory that would result."""
        replaced = {entry.area.code for entry in self.areas}
        unchanged = [code for code in before.areas if code not in replaced]
        edges = [edge for code in unchanged for edge in before.edges_of(code)]
        successions = [s for code in unchanged for s in before.successors_of(code)]
        return Directory(
            (before.areas | {entry.area.code: entry.area for entry in self.areas}).values(),
            [*edges, *(edge for entry in self.areas for edge in entry.edges)],
            (before.bodies | {body.id: body for body in self.bodies}).values(),
            [*successions, *(s for entry in self.areas for s in entry.successions)],
        )

    def without_unchanged(self, before: Directory) -> "DirectoryChange":
        """Return only what really differs from `before`."""
        return DirectoryChange(
            [entry for entry in self.areas if _differs(before, entry)],
            [body for body in self.bodies if before.bodies.get(body.id) != body],
        )

    def codes(self, before: Directory) -> set[str]:
        """Return the areas in which anything changes."""
        codes = {entry.area.code for entry in self.areas}
        for body in self.bodies:
            former = before.bodies.get(body.id)
            codes |= {body.area_code} if former is None else {body.area_code, former.area_code}
        return codes


def places_within(
    places: Collection[str], before: Directory, after: Directory, codes: set[str]
) -> list[str]:
    """Return those division codes in `places` that lie, before or after, in one of `codes`."""
    return [
        place for place in places if not codes.isdisjoint(before.above(place) | after.above(place))
    ]


def _differs(before: Directory, entry: AreaEntry) -> bool:
    code = entry.area.code
    return (
        before.areas.get(code) != entry.area
        or set(before.edges_of(code)) != set(entry.edges)
        or set(before.successors_of(code)) != set(entry.successions)
    )
