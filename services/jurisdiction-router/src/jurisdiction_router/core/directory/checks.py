"""What must be true of a directory before anyone is assigned by it.

The whole directory that would result is checked, not the change alone: an import that ends a
district is wrong because of the streets it leaves behind.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from jurisdiction_router.core.directory.directory import (
    BODY_KINDS,
    KINDS_WITH_SYSTEM,
    Area,
    Body,
    Directory,
    ParentEdge,
    level_of_code,
)
from jurisdiction_router.core.directory.names_and_successions import (
    check_names,
    check_other_codes,
    check_successions,
)
from jurisdiction_router.core.periods import Dated, covers, overlap
from servicekit.errors import Violation

SEVERAL_ALLOWED: Final = frozenset({"joint_committee"})
"""Kinds of which one area may have several at once; any other would make the answer a toss."""

TOP_LEVELS: Final = frozenset({"province", "city"})
"""Levels that may have no parent: a platform of one city need not hold its province."""


def check_directory(
    directory: Directory, area_pointers: Mapping[str, str], body_pointers: Mapping[str, str]
) -> list[Violation]:
    """Return what is wrong with `directory` as a whole.

    The pointers say where each changed area (by code) or body (by id) stands in the request; what
    is wrong elsewhere, because of the change, is reported at the request as a whole.
    """
    violations: list[Violation] = []
    for area in directory.areas.values():
        pointer = area_pointers.get(area.code, "")
        violations += _check_area(directory, area, pointer)
    for body in directory.bodies.values():
        violations += _check_body(directory, body, body_pointers.get(body.id, ""))
    violations += _check_cycles(directory, area_pointers)
    violations += _check_doubles(directory, body_pointers)
    violations += check_successions(directory, area_pointers, body_pointers)
    violations += check_other_codes(directory, area_pointers)
    return violations


def _check_area(directory: Directory, area: Area, pointer: str) -> Iterable[Violation]:
    if area.level != level_of_code(area.code):
        yield Violation(f"{pointer}/code", "area_code", area.code, {"level": area.level})
    yield from _check_dates(area, pointer)
    yield from check_names(area, pointer)
    edges = sorted(directory.edges_of(area.code), key=lambda edge: edge.valid_from)
    if not edges and area.level not in TOP_LEVELS:
        yield Violation(f"{pointer}/parent", "area_parent_missing", None, {"code": area.code})
    for edge in edges:
        yield from _check_edge(directory, area, edge, pointer)
    for earlier, later in pairwise(edges):
        if overlap(earlier, later):
            yield Violation(
                f"{pointer}/parents",
                "area_parents_overlap",
                later.valid_from.isoformat(),
                {"code": area.code},
            )


def _check_edge(
    directory: Directory, area: Area, edge: ParentEdge, pointer: str
) -> Iterable[Violation]:
    parent = directory.areas.get(edge.parent)
    facts = {"code": area.code, "parent": edge.parent}
    if parent is None:
        yield Violation(f"{pointer}/parent", "area_parent_unknown", edge.parent, facts)
    elif not covers(parent, edge):
        yield Violation(f"{pointer}/parent", "area_outlives_parent", edge.parent, facts)
    if not covers(area, edge):
        yield Violation(f"{pointer}/parents", "area_edge_outside", edge.parent, facts)
    yield from _check_dates(edge, f"{pointer}/parents")


def _check_dates(thing: Dated, pointer: str) -> Iterable[Violation]:
    if thing.valid_until is not None and thing.valid_until <= thing.valid_from:
        yield Violation(
            f"{pointer}/valid_until", "ends_before_start", thing.valid_until.isoformat()
        )


def _check_body(directory: Directory, body: Body, pointer: str) -> Iterable[Violation]:
    facts = {"id": body.id}
    if body.kind not in BODY_KINDS:
        yield Violation(f"{pointer}/kind", "body_kind", body.kind, facts)
    if (body.system is not None) != (body.kind in KINDS_WITH_SYSTEM):
        yield Violation(f"{pointer}/system", "body_system", body.system, {"kind": body.kind})
    yield from _check_dates(body, pointer)
    yield from check_names(body, pointer)
    area = directory.areas.get(body.area_code)
    if area is None:
        yield Violation(f"{pointer}/area_code", "body_area_unknown", body.area_code, facts)
    elif not covers(area, body):
        yield Violation(f"{pointer}/area_code", "body_outlives_area", body.area_code, facts)
    if body.successor is not None and (
        body.successor not in directory.bodies or body.successor == body.id
    ):
        yield Violation(f"{pointer}/successor", "body_successor_unknown", body.successor, facts)


def _check_cycles(directory: Directory, pointers: Mapping[str, str]) -> Iterable[Violation]:
    """Report areas that lie in themselves, on whatever dates: a map has no such thing."""
    finished: set[str] = set()
    for start in directory.areas:
        path: list[str] = []
        trail = [[start]]
        while trail:
            if not trail[-1]:
                trail.pop()
                if path:
                    finished.add(path.pop())
                continue
            code = trail[-1].pop()
            if code in path:
                yield Violation(
                    f"{pointers.get(code, '')}/parent",
                    "area_cycle",
                    code,
                    {"cycle": " → ".join([*path[path.index(code) :], code])},
                )
            elif code not in finished:
                path.append(code)
                trail.append([edge.parent for edge in directory.edges_of(code)])


def _check_doubles(directory: Directory, pointers: Mapping[str, str]) -> Iterable[Violation]:
    """Report two bodies of one kind (and sector) in one area on the same day."""
    alike: dict[tuple[str, str, str | None], list[Body]] = {}
    for body in sorted(directory.bodies.values(), key=lambda body: body.id in pointers):
        if body.kind in SEVERAL_ALLOWED:
            continue
        others = alike.setdefault((body.area_code, body.kind, body.system), [])
        for other in others:
            if overlap(body, other):
                pointer = pointers.get(body.id, "")
                yield Violation(f"{pointer}/id", "body_double", body.id, {"other": other.id})
        others.append(body)
