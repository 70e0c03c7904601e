"""What must be true of names, of codes in other systems, and of who succeeds whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations, pairwise

from jurisdiction_router.core.directory.areas_and_bodies import Area, Body, OtherCode, Succession
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.periods import holds_on, overlap
from servicekit.errors import Violation


def check_names(thing: Area | Body, pointer: str) -> Iterable[Violation]:
    """Report former names that are not one after the other within the thing's own dates."""
    starts = [thing.valid_from, *(former.until for former in thing.former_names)]
    ends = [thing.valid_until] if thing.valid_until is not None else []
    for index, (earlier, later) in enumerate(pairwise([*starts, *ends])):
        if later <= earlier:
            last = min(index, len(thing.former_names) - 1)
            if last >= 0:
                yield Violation(
                    f"{pointer}/former_names/{last}/until", "names_overlap", later.isoformat()
                )


def check_other_codes(directory: Directory, pointers: Mapping[str, str]) -> Iterable[Violation]:
    """Report codes that one area has twice in a system, or two areas share, on the same day."""
    of_area: dict[tuple[str, str], list[OtherCode]] = defaultdict(list)
    of_code: dict[tuple[str, str], list[tuple[str, OtherCode]]] = defaultdict(list)
    for area in directory.areas.values():
        for code in area.codes:
            if code.valid_until is not None and code.valid_until <= code.valid_from:
                pointer = f"{pointers.get(area.code, '')}/codes"
                yield Violation(pointer, "ends_before_start", code.valid_until.isoformat())
            of_area[area.code, code.system].append(code)
            of_code[code.system, code.code].append((area.code, code))
    for (owner, system), codes in of_area.items():
        if any(overlap(one, other) for one, other in combinations(codes, 2)):
            yield Violation(
                f"{pointers.get(owner, '')}/codes", "codes_overlap", owner, {"system": system}
            )
    for (system, value), holders in of_code.items():
        for (one, left), (other, right) in combinations(holders, 2):
            if one != other and overlap(left, right):
                pointer = pointers.get(other, pointers.get(one, ""))
                facts = {"system": system, "areas": f"{one}, {other}"}
                yield Violation(f"{pointer}/codes", "code_shared", value, facts)


def check_successions(
    directory: Directory, area_pointers: Mapping[str, str], body_pointers: Mapping[str, str]
) -> Iterable[Violation]:
    """Report successors that are unknown, are not there when they take over, or form a circle."""
    for code in directory.areas:
        pointer = f"{area_pointers.get(code, '')}/successors"
        for succession in directory.successors_of(code):
            yield from _check_succession(directory, succession, pointer)
    for body in directory.bodies.values():
        pointer = f"{body_pointers.get(body.id, '')}/successor"
        last = directory.heirs(body)[-1]
        if last.successor is not None and last.successor in directory.bodies:
            yield Violation(pointer, "body_successor_cycle", body.successor, {"id": body.id})
        heir = directory.bodies.get(body.successor or "")
        end = body.valid_until
        if heir is not None and end is not None and not holds_on(heir, end):
            facts = {"id": body.id, "on": end.isoformat()}
            yield Violation(pointer, "body_successor_absent", heir.id, facts)


def _check_succession(
    directory: Directory, succession: Succession, pointer: str
) -> Iterable[Violation]:
    code, on = succession.code, succession.valid_from
    area, heir = directory.areas[code], directory.areas.get(succession.successor)
    facts = {"code": code, "on": on.isoformat()}
    if heir is None or heir.code == code:
        yield Violation(pointer, "area_successor_unknown", succession.successor, facts)
        return
    if not holds_on(heir, on):
        yield Violation(pointer, "area_successor_absent", heir.code, facts)
    if on <= area.valid_from or (area.valid_until is not None and on > area.valid_until):
        yield Violation(pointer, "area_succession_outside", heir.code, facts)
    if heir.level != area.level:
        yield Violation(pointer, "area_successor_level", heir.code, facts)
