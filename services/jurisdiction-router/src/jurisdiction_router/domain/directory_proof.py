"""The proof that every candidate list ends in a body that exists, everywhere and on every date.

Whether a rule's list fails depends on three things: the attributes, what is found around the
domicile, and what is found at the registering authority. Of the last two only *found or not*
matters, so the thousands of areas and dates fall into a handful of classes, and for each pair of
classes the failing facts are one box remainder: the rule's box, minus the boxes of the rules over
it, minus the boxes of the candidates whose bodies exist there.

What is assumed: a domicile is a street or community of the directory in the rule set's territory;
the registering authority is an area of the same city whose level is the level of registration. A
rule with a `question` says itself what happens when none of its bodies exists, and is passed over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from jurisdiction_router.domain.boxes import Box, Space, intersect, remainder
from jurisdiction_router.domain.directory import Directory, DirectoryView, Path
from jurisdiction_router.domain.facts import NONE, SYSTEMS
from jurisdiction_router.domain.periods import pieces
from jurisdiction_router.domain.proof import Counterexample, Extent, Place, winners_of
from jurisdiction_router.domain.rule_set import ASSIGNED, OWN_SYSTEM, Candidate, Rule, RuleSet

MAX_PER_PLACE: Final = 20
"""Counterexamples of one rule in one kind of place; more would help nobody."""

_LEVELS: Final = {"municipal": "city", "district": "district", "street": "street"}
_DOMICILES: Final = ("street", "community")

Lookup = tuple[str, str | None, str | None]
"""A kind of body, at which place, of which system."""

Found = frozenset[str] | bool | None
"""Of a look-up: whether exactly one body is there; of the supervisor's own system: for which
systems; None where the place itself is not known, which asks for it and is no hole."""


class _Kind(NamedTuple):
    """A kind of place: what is found around the domicile, and at an authority of that level."""

    domicile: tuple[Found, ...]
    level: str | None
    authority: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class _Era:
    """A period in which nothing in the territory changes, and the kinds of places in it."""

    valid_from: date
    valid_until: date | None
    domiciles: Mapping[tuple[Found, ...], list[str]]
    authorities: Mapping[tuple[str | None, tuple[Found, ...]], list[str]]


def prove_over(
    rule_set: RuleSet, directory: Directory, limit: int = MAX_PER_PLACE
) -> list[Counterexample]:
    """Return what fails in `directory` from the rule set's first day on; nothing is the proof.

    `limit` bounds the counterexamples of one rule in one kind of place.
    """
    space = Space(rule_set.attributes)
    rules = [r for r in rule_set.rules if r.outcome == ASSIGNED and r.question is None]
    lookups = sorted({_lookup(c) for r in rules for c in r.supervising}, key=str)
    over = winners_of(rule_set.rules)
    boxes = {rule.id: space.box(rule.when) for rule in rule_set.rules}
    found: list[Counterexample] = []
    kinds: dict[_Kind, list[Extent]] = {}
    for era in _eras(rule_set, directory, lookups):
        found += _cycles(directory, era)
        if not era.domiciles:
            empty = Extent(era.valid_from, era.valid_until)
            found.append(Counterexample("no_area", (), place=Place(None, None, (empty,))))
        for domicile, domiciles in era.domiciles.items():
            for (level, authority), authorities in era.authorities.items():
                extent = Extent(
                    era.valid_from, era.valid_until, frozenset(domiciles), frozenset(authorities)
                )
                kinds.setdefault(_Kind(domicile, level, authority), []).append(extent)
    for kind, extents in kinds.items():
        there = dict(zip(lookups, _either(lookups, kind.domicile, kind.authority), strict=True))
        place = Place(min(extents[0].domiciles), min(extents[0].authorities), tuple(extents))
        for rule in rules:
            inside = _at_level(space, boxes[rule.id], kind.level)
            if inside is None:
                continue
            settled = [boxes[winner] for winner in over[rule.id]]
            settled += _reached(space, rule, there)
            found += [
                Counterexample(
                    "no_body", (rule.id,), space.condition(hole), space.size(hole), place
                )
                for hole in islice(remainder(inside, settled), limit)
            ]
    return _merged(found)


def _merged(found: Iterable[Counterexample]) -> list[Counterexample]:
    """Return the counterexamples with the same facts in several kinds of places as one each."""
    merged: dict[object, Counterexample] = {}
    for example in found:
        facts = tuple((name, tuple(values)) for name, values in example.facts.items())
        key = (example.kind, example.rules, facts)
        first = merged.get(key)
        if first is None or first.place is None or example.place is None:
            merged[key] = example
        else:
            extents = (*first.place.extents, *example.place.extents)
            merged[key] = replace(first, place=first.place._replace(extents=extents))
    return list(merged.values())


def _eras(rule_set: RuleSet, directory: Directory, lookups: Sequence[Lookup]) -> Iterator[_Era]:
    scope_city = _city(directory.on(rule_set.valid_from).path(rule_set.scope))
    near = [
        code for code in sorted(directory.areas)
        if rule_set.scope in directory.above(code) or scope_city in directory.above(code)
    ]  # fmt: skip
    cuts = sorted({day for code in near for day in directory.breakpoints(code)})
    for start, end in pieces(rule_set.valid_from, rule_set.valid_until, cuts):
        view = directory.on(start)
        domiciles: dict[tuple[Found, ...], list[str]] = {}
        authorities: dict[tuple[str | None, tuple[Found, ...]], list[str]] = {}
        for code in near:
            area = view.area(code)
            if area is None:
                continue
            if area.level in _DOMICILES and rule_set.scope in view.path(code).codes():
                seen = tuple(_look(view, lookup, code) for lookup in lookups)
                domiciles.setdefault(seen, []).append(code)
            level = next((name for name, at in _LEVELS.items() if at == area.level), None)
            if level is not None:
                seen = tuple(_look(view, lookup, code, registering=True) for lookup in lookups)
                authorities.setdefault((level, seen), []).append(code)
        for level, code in (("national", "100000"), ("provincial", rule_set.scope[:2] + "0000")):
            seen = tuple(_look(view, lookup, code, registering=True) for lookup in lookups)
            authorities.setdefault((level, seen), []).append(code)
        yield _Era(start, end, domiciles, authorities)


def _city(path: Path) -> str | None:
    return path.city or path.province


def _lookup(candidate: Candidate) -> Lookup:
    return (candidate.body, candidate.at, candidate.system)


def _look(view: DirectoryView, lookup: Lookup, code: str, *, registering: bool = False) -> Found:
    """What a look-up finds from a domicile, or at a registering authority; False for the other."""
    body, at, system = lookup
    if (at == "registering") != registering:
        return False
    place = code if registering else getattr(view.path(code), str(at))
    if place is None:
        return None
    if system == OWN_SYSTEM:
        return frozenset(s for s in SYSTEMS if len(view.find(body, place, s)) == 1)
    return len(view.find(body, place, system)) == 1


def _either(
    lookups: Sequence[Lookup], domicile: Sequence[Found], authority: Sequence[Found]
) -> Iterator[Found]:
    for lookup, near, at_authority in zip(lookups, domicile, authority, strict=True):
        yield at_authority if lookup[1] == "registering" else near


def _reached(space: Space, rule: Rule, there: Mapping[Lookup, Found]) -> Iterator[Box]:
    """The facts for which a candidate of the rule is taken (or asks for its place)."""
    for candidate in rule.supervising:
        found = there[_lookup(candidate)]
        if found is False:
            continue
        when: dict[str, Iterable[str]] = dict(candidate.when)
        if candidate.system == OWN_SYSTEM:
            # Without a supervisor the candidate is skipped before anyone asks for its place.
            systems = found if isinstance(found, frozenset) else SYSTEMS
            own = frozenset(space.attributes["supervisor_system"]) - {NONE}
            when["supervisor_system"] = (
                own & systems & frozenset(when.get("supervisor_system", own))
            )
        box = space.box(when)
        if all(box):
            yield box


def _at_level(space: Space, box: Box, level: str | None) -> Box | None:
    """The part of a rule's box whose level of registration is `level`."""
    if level is None or "level" not in space.attributes:
        return box
    if level not in space.attributes["level"]:
        return None
    return intersect(box, space.box({"level": [level]}))


def _cycles(directory: Directory, era: _Era) -> Iterator[Counterexample]:
    """Areas that lie in themselves on the first day of an era, each cycle once."""
    view = directory.on(era.valid_from)
    finished: set[str] = set()
    for start in sorted(directory.areas):
        path: list[str] = []
        code: str | None = start
        while code is not None and code not in finished and code not in path:
            path.append(code)
            code = view.parent(code)
        if code is not None and code in path:
            cycle = tuple(path[path.index(code) :])
            place = Place(code, None, (Extent(era.valid_from, era.valid_until),))
            yield Counterexample("parent_cycle", cycle, place=place)
        finished.update(path)
