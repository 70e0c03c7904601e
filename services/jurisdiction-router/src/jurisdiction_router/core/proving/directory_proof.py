"""The proof that every candidate list ends in a body that exists, everywhere and on every date.

Whether a rule's list fails depends on three things: the attributes, what is found around the
domicile, and what is found at the registering authority. Of the last two only *found or not*
matters, so the thousands of areas and dates fall into a handful of classes, and for each pair of
classes the failing facts are one box remainder: the rule's box, minus the boxes of the rules over
it, minus the boxes of the candidates whose bodies exist there.

What is assumed: a domicile is a street or community of the directory in the rule set's territory;
the registering authority is an area of the same city whose level is the level of registration. A
rule with a `question` says itself what happens when none of its bodies exists, and is passed over.

A change of the directory is held to the same: what fails in the directory that would be, and does
not fail in the one that is. There a kind of place is a pair, what is found and what was; of the
facts that fail now, those that failed before are taken away. Where nothing else is found than was,
nothing is asked, so that a small change of a large directory is soon proved. An area that succeeds
another is held to what that one had; a place that is new is one where no answer can be lost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from jurisdiction_router.core.directory.directory import Directory, DirectoryView
from jurisdiction_router.core.periods import pieces
from jurisdiction_router.core.proving.boxes import Box, Space, intersect, remainder
from jurisdiction_router.core.proving.proof import Counterexample, Extent, Place, winners_of
from jurisdiction_router.core.rules.facts import NONE, SYSTEMS
from jurisdiction_router.core.rules.rule_set import ASSIGNED, OWN_SYSTEM, Candidate, Rule, RuleSet

MAX_PER_PLACE: Final = 20
"""Counterexamples of one rule in one kind of place; more would help nobody."""

_LEVELS: Final = {"municipal": "city", "district": "district", "street": "street"}
_DOMICILES: Final = ("street", "community")

Lookup = tuple[str, str | None, str | None]
"""A kind of body, at which place, of which system."""

LookedUp = frozenset[str] | bool | None
"""Of a look-up: whether exactly one body is there; of the supervisor's own system: for which
systems; None where the place itself is not known, which asks for it and is no hole."""


class _Surroundings(NamedTuple):
    """What the look-ups find from a place, now and in the directory before.

    Before: there or in what the place succeeds; None where there is no such directory, or no such
    place in it.
    """

    now: tuple[LookedUp, ...]
    before: tuple[LookedUp, ...] | None


class _Kind(NamedTuple):
    """A kind of place: what is found around the domicile, and at an authority of that level."""

    domicile: _Surroundings
    level: str | None
    authority: _Surroundings


@dataclass(frozen=True, slots=True)
class _Era:
    """A period in which nothing in the territory changes, and the kinds of places in it."""

    valid_from: date
    valid_until: date | None
    domiciles: Mapping[_Surroundings, list[str]]
    authorities: Mapping[tuple[str | None, _Surroundings], list[str]]
    was_empty: bool
    """Whether the directory before had no domicile either."""


def prove_over(
    rule_set: RuleSet,
    directory: Directory,
    limit: int = MAX_PER_PLACE,
    before: Directory | None = None,
) -> list[Counterexample]:
    """Return what fails in `directory` from the rule set's first day on; nothing is the proof.

    With `before` only what fails in `directory` and not in that one. `limit` bounds the
    counterexamples of one rule in one kind of place.
    """
    space = Space(rule_set.attributes)
    rules = [r for r in rule_set.rules if r.outcome == ASSIGNED and r.question is None]
    lookups = sorted({_lookup(c) for r in rules for c in r.supervising}, key=str)
    over = winners_of(rule_set.rules)
    boxes = {rule.id: space.box(rule.when) for rule in rule_set.rules}
    counterexamples: list[Counterexample] = []
    kinds: dict[_Kind, list[Extent]] = {}
    for era in _eras(rule_set, directory, before, lookups):
        if before is None:
            counterexamples += _cycles(directory, era)
        if not era.domiciles and not (before is not None and era.was_empty):
            empty = Extent(era.valid_from, era.valid_until)
            counterexamples.append(Counterexample("no_area", (), place=Place(None, None, (empty,))))
        for kind, extent in _kinds_of(era):
            kinds.setdefault(kind, []).append(extent)
    for kind, extents in kinds.items():
        there, was = _pair(lookups, kind)
        place = Place(min(extents[0].domiciles), min(extents[0].authorities), tuple(extents))
        for rule in rules:
            inside = _at_level(space, boxes[rule.id], kind.level)
            if inside is None:
                continue
            settled = [boxes[winner] for winner in over[rule.id]]
            holes = remainder(inside, [*settled, *_reached(space, rule, there)])
            if was is not None:
                known = [*remainder(inside, [*settled, *_reached(space, rule, was)])]
                holes = (new for hole in holes for new in remainder(hole, known))
            new = before is not None and was is None
            counterexamples += [
                Counterexample(
                    "no_body", (rule.id,), space.condition(hole), space.size(hole), place, new
                )
                for hole in islice(holes, limit)
            ]
    return _merged(counterexamples)


def _kinds_of(era: _Era) -> Iterator[tuple[_Kind, Extent]]:
    """Yield the kinds of places of which something differs from before, and where they are."""
    for domicile, domiciles in era.domiciles.items():
        for (level, authority), authorities in era.authorities.items():
            if domicile.now == domicile.before and authority.now == authority.before:
                continue
            yield (
                _Kind(domicile, level, authority),
                Extent(
                    era.valid_from, era.valid_until, frozenset(domiciles), frozenset(authorities)
                ),
            )


def _merged(counterexamples: Iterable[Counterexample]) -> list[Counterexample]:
    """Return the counterexamples with the same facts in several kinds of places as one each."""
    merged: dict[object, Counterexample] = {}
    for example in counterexamples:
        facts = tuple((name, tuple(values)) for name, values in example.facts.items())
        key = (example.kind, example.rules, facts, example.new_place)
        first = merged.get(key)
        if first is None or first.place is None or example.place is None:
            merged[key] = example
        else:
            extents = (*first.place.extents, *example.place.extents)
            merged[key] = replace(first, place=first.place._replace(extents=extents))
    return list(merged.values())


def _eras(
    rule_set: RuleSet, directory: Directory, before: Directory | None, lookups: Sequence[Lookup]
) -> Iterator[_Era]:
    near = _near(rule_set, directory)
    formerly: list[str] = []
    cuts = {day for code in near for day in directory.breakpoints(code)}
    if before is not None:
        formerly = _near(rule_set, before)
        cuts |= {day for code in formerly for day in before.breakpoints(code)}
    for start, end in pieces(rule_set.valid_from, rule_set.valid_until, sorted(cuts)):
        domiciles, authorities = _look_around(rule_set, directory.on(start), near, lookups)
        were: Mapping[str, tuple[LookedUp, ...]] = {}
        had: Mapping[tuple[str, str], tuple[LookedUp, ...]] = {}
        if before is not None:
            were, had = _look_around(rule_set, before.on(start), formerly, lookups)
        by_domicile: dict[_Surroundings, list[str]] = {}
        for code, surroundings in domiciles.items():
            was = next((were[each] for each in _formerly(directory, code) if each in were), None)
            by_domicile.setdefault(_Surroundings(surroundings, was), []).append(code)
        by_authority: dict[tuple[str | None, _Surroundings], list[str]] = {}
        for (level, code), surroundings in authorities.items():
            former = ((level, each) for each in _formerly(directory, code))
            was = next((had[each] for each in former if each in had), None)
            by_authority.setdefault((level, _Surroundings(surroundings, was)), []).append(code)
        yield _Era(start, end, by_domicile, by_authority, not were)


def _formerly(directory: Directory, code: str) -> Iterator[str]:
    """An area, and then what it succeeds."""
    yield code
    yield from (succession.code for succession in directory.predecessors_of(code))


def _near(rule_set: RuleSet, directory: Directory) -> list[str]:
    """The areas of the rule set's territory, and those whose authorities register in it."""
    scope_city = city_of(rule_set, directory)
    return [
        code for code in sorted(directory.areas)
        if rule_set.scope in directory.above(code) or scope_city in directory.above(code)
    ]  # fmt: skip


def _look_around(
    rule_set: RuleSet, view: DirectoryView, near: Iterable[str], lookups: Sequence[Lookup]
) -> tuple[dict[str, tuple[LookedUp, ...]], dict[tuple[str, str], tuple[LookedUp, ...]]]:
    """What the look-ups find from each domicile, and at each authority by level and code."""
    domiciles: dict[str, tuple[LookedUp, ...]] = {}
    authorities: dict[tuple[str, str], tuple[LookedUp, ...]] = {}

    def register(level: str, code: str) -> None:
        surroundings = tuple(_look(view, lookup, code, registering=True) for lookup in lookups)
        authorities[level, code] = surroundings

    for code in near:
        area = view.area(code)
        if area is None:
            continue
        if area.level in _DOMICILES and rule_set.scope in view.path(code).codes():
            domiciles[code] = tuple(_look(view, lookup, code) for lookup in lookups)
        level = next((name for name, at in _LEVELS.items() if at == area.level), None)
        if level is not None:
            register(level, code)
    register("national", "100000")
    register("provincial", rule_set.scope[:2] + "0000")
    return domiciles, authorities


def city_of(rule_set: RuleSet, directory: Directory) -> str | None:
    """Return the city that a rule set's territory lies in, or the province that it is."""
    path = directory.on(rule_set.valid_from).path(rule_set.scope)
    return path.city or path.province


def _lookup(candidate: Candidate) -> Lookup:
    return (candidate.body, candidate.at, candidate.system)


def _look(view: DirectoryView, lookup: Lookup, code: str, *, registering: bool = False) -> LookedUp:
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


def _pair(
    lookups: Sequence[Lookup], kind: _Kind
) -> tuple[dict[Lookup, LookedUp], dict[Lookup, LookedUp] | None]:
    """What is found in a kind of place, and what was found there; None where it was not there."""
    there = _either(lookups, kind.domicile.now, kind.authority.now)
    if kind.domicile.before is None or kind.authority.before is None:
        return there, None
    return there, _either(lookups, kind.domicile.before, kind.authority.before)


def _either(
    lookups: Sequence[Lookup], domicile: Sequence[LookedUp], authority: Sequence[LookedUp]
) -> dict[Lookup, LookedUp]:
    return {
        lookup: at_authority if lookup[1] == "registering" else near
        for lookup, near, at_authority in zip(lookups, domicile, authority, strict=True)
    }


def _reached(space: Space, rule: Rule, there: Mapping[Lookup, LookedUp]) -> Iterator[Box]:
    """The facts for which a candidate of the rule is taken (or asks for its place)."""
    for candidate in rule.supervising:
        bodies = there[_lookup(candidate)]
        if bodies is False:
            continue
        when: dict[str, Iterable[str]] = dict(candidate.when)
        if candidate.system == OWN_SYSTEM:
            # Without a supervisor the candidate is skipped before anyone asks for its place.
            systems = bodies if isinstance(bodies, frozenset) else SYSTEMS
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
