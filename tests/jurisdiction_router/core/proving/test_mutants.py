"""No mutant of the 2016 rule set gets through: each is refused with a right counterexample, or is
shown, by listing every combination of facts, to be no change at all."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from demo_city import directory as demo_directory
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.verdict import NO_BODY
from jurisdiction_router.core.directory.directory import Area, Body, Directory, ParentEdge
from jurisdiction_router.core.proving.directory_proof import prove_over
from jurisdiction_router.core.proving.embedded_tests import run_tests
from jurisdiction_router.core.proving.proof import Counterexample, prove
from jurisdiction_router.core.rules.facts import DOMAINS, NONE, Facts
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import OWN_SYSTEM, Candidate, Rule, RuleSet
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.policy import read_packaged

Combination = tuple[str, ...]
DISTRICTS = ("440303", "440308", "440309")


@cache
def shipped() -> RuleSet:
    return read_rule_set(*read_text(read_packaged("shenzhen-2016.yaml")))


@cache
def demo() -> Directory:
    """Three districts of the demo city: one with both system committees, one with none of its
    own for social organizations, and a new one; without communities, which no rule asks for."""
    held = demo_directory()
    areas = [
        row
        for row in held["areas"]
        if row["level"] in ("province", "city")
        or (row["code"][:6] in DISTRICTS and row["level"] != "community")
    ]
    kept = {row["code"] for row in areas}
    start = shipped().valid_from
    return Directory(
        [Area(row["code"], row["name"], row["level"], start) for row in areas],
        [ParentEdge(row["code"], row["parent"], start) for row in areas if row["parent"]],
        [
            Body(row["id"], row["kind"], row["name"], row["area_code"], row["system"], start)
            for row in held["bodies"]
            if row["area_code"] in kept
        ],
    )


def conditions(rule_set: RuleSet, *, candidates: bool) -> Iterator[Mapping[str, frozenset[str]]]:
    for rule in rule_set.rules:
        yield rule.when
        if candidates:
            for candidate in rule.supervising:
                yield candidate.when


@cache
def representatives(candidates: bool) -> dict[str, tuple[str, ...]]:
    """Of each attribute one value of each group that no condition tells apart.

    A mutant has no condition that the shipped rules have not, so it tells no more apart.
    """
    rule_set = shipped()
    found: dict[str, tuple[str, ...]] = {}
    for name, values in rule_set.attributes.items():
        alike: dict[object, str] = {}
        for value in values:
            sides = tuple(
                value in when[name]
                for when in conditions(rule_set, candidates=candidates)
                if name in when
            )
            own = value if candidates and name == "supervisor_system" else None
            alike.setdefault((sides, own), value)
        found[name] = tuple(alike.values())
    return found


@cache
def combinations() -> tuple[Combination, ...]:
    return tuple(product(*representatives(candidates=False).values()))


NAMES = tuple(shipped().attributes)


def undefeated(rules: tuple[Rule, ...], values: Combination) -> tuple[str, ...]:
    facts = dict(zip(NAMES, values, strict=True))
    matching = [r for r in rules if all(facts[n] in allowed for n, allowed in r.when.items())]
    defeated = {loser for r in matching for loser in r.over}
    return tuple(r.id for r in matching if r.id not in defeated)


def table(rule_set: RuleSet) -> dict[Combination, tuple[str, ...]]:
    """The undefeated rules for every combination, by nothing but looking."""
    return {values: undefeated(rule_set.rules, values) for values in combinations()}


@cache
def shipped_table() -> dict[Combination, tuple[str, ...]]:
    return table(shipped())


def dropped(rule_set: RuleSet, name: str) -> RuleSet:
    kept = [replace(r, over=r.over - {name}) for r in rule_set.rules if r.id != name]
    return replace(rule_set, rules=tuple(kept))


def changed(rule_set: RuleSet, rule: Rule) -> RuleSet:
    return replace(rule_set, rules=tuple(rule if r.id == rule.id else r for r in rule_set.rules))


def without(when: Mapping[str, frozenset[str]], name: str) -> dict[str, frozenset[str]]:
    return {key: values for key, values in when.items() if key != name}


def rule_mutants() -> Iterator[tuple[str, RuleSet]]:
    rule_set = shipped()
    for rule in rule_set.rules:
        yield f"drop {rule.id}", dropped(rule_set, rule.id)
        for loser in sorted(rule.over):
            mutant = replace(rule, over=rule.over - {loser})
            yield f"{rule.id} not over {loser}", changed(rule_set, mutant)
        for name in rule.when:
            mutant = replace(rule, when=without(rule.when, name))
            yield f"{rule.id} whatever {name}", changed(rule_set, mutant)


def test_every_mutant_of_a_rule_is_refused_or_proved_equal() -> None:
    refused, equal = 0, 0
    for name, mutant in rule_mutants():
        wrong = prove(mutant)
        failed = [t for t in run_tests(mutant) if not t.passed]
        nowhere = [] if wrong or failed else prove_over(mutant, demo())
        found = table(mutant)
        check_counterexamples(name, mutant, found, wrong)
        for test in failed:
            facts = {
                **{n: NONE for n in NAMES if NONE in DOMAINS[n]},
                **shipped().tests[test.index].facts,
            }
            if set(facts) == set(NAMES):
                values = tuple(facts[n] for n in NAMES)
                before = undefeated(shipped().rules, values)
                assert before != undefeated(mutant.rules, values), (name, test)
        for example in nowhere:
            check_no_body(name, example, mutant, demo(), shipped(), demo())
        if wrong or failed or nowhere:
            refused += 1
            continue
        equal += 1
        assert found == shipped_table(), f"{name} got through and changes answers"
    assert refused > 100
    assert equal > 0


def check_counterexamples(
    name: str,
    mutant: RuleSet,
    found: Mapping[Combination, tuple[str, ...]],
    wrong: list[Counterexample],
) -> None:
    """What the proof says is what looking at every combination says, no more and no less."""
    said: dict[str, set[Combination]] = {"uncovered": set(), "conflict": set()}
    for example in wrong:
        if example.kind == "unreachable":
            assert not any(example.rules[0] in rules for rules in found.values()), name
            continue
        for values in found:
            if all(
                value in example.facts.get(n, (value,))
                for n, value in zip(NAMES, values, strict=True)
            ):
                said[example.kind].add(values)
    assert said["uncovered"] == {v for v, rules in found.items() if not rules}, name
    assert said["conflict"] == {v for v, rules in found.items() if len(rules) > 1}, name
    unreachable = {e.rules[0] for e in wrong if e.kind == "unreachable"}
    reached = {rule for rules in found.values() for rule in rules}
    assert unreachable == {r.id for r in mutant.rules} - reached, name


def check_no_body(
    name: str,
    example: Counterexample,
    mutant: RuleSet,
    directory: Directory,
    original: RuleSet,
    whole: Directory,
) -> None:
    """The example's facts end without a body in the mutant, and do not in what is shipped."""
    assert example.kind == "no_body", name
    assert example.place is not None
    values = {n: example.facts.get(n, DOMAIN_ORDER[n])[0] for n in NAMES}
    facts = Facts(**values, domicile=example.place.domicile, registering=example.place.registering)
    day = example.place.extents[0].valid_from
    verdict = Engine(mutant).verdict(facts, directory.on(day))
    assert verdict.reason == NO_BODY, (name, verdict)
    assert verdict.rule is not None
    assert verdict.rule.id == example.rules[0], name
    assert Engine(original).verdict(facts, whole.on(day)).reason != NO_BODY, name


DOMAIN_ORDER = shipped().attributes


def candidate_mutants() -> Iterator[tuple[str, Rule, Rule]]:
    for rule in shipped().rules:
        for number, candidate in enumerate(rule.supervising):
            for name in candidate.when:
                loose = replace(candidate, when=without(candidate.when, name))
                others = (*rule.supervising[:number], loose, *rule.supervising[number + 1 :])
                label = f"{rule.id} candidate {number} whatever {name}"
                yield label, rule, replace(rule, supervising=others)


def walk(
    supervising: tuple[Candidate, ...], facts: Mapping[str, str], there: frozenset[object]
) -> object:
    """The first candidate whose condition holds and whose body is there."""
    for candidate in supervising:
        system = facts["supervisor_system"] if candidate.system == OWN_SYSTEM else candidate.system
        if candidate.system == OWN_SYSTEM and system == NONE:
            continue
        body = (candidate.body, candidate.at, system)
        if body in there and all(facts[n] in allowed for n, allowed in candidate.when.items()):
            return body
    return None


def test_every_mutant_of_a_candidate_is_refused_or_proved_equal() -> None:
    every = list(candidate_mutants())
    assert len(every) > 10
    choices = representatives(candidates=True)
    for label, rule, mutant in every:
        failed = [t for t in run_tests(changed(shipped(), mutant)) if not t.passed]
        if failed:
            expected = {t.name: (t.expected, t.found) for t in failed}
            assert all(before != after for before, after in expected.values())
            continue
        own = {n: [v for v in choices[n] if v in rule.when.get(n, (v,))] for n in NAMES}
        for values in product(*own.values()):
            facts = dict(zip(NAMES, values, strict=True))
            bodies = {
                (c.body, c.at, facts["supervisor_system"] if c.system == OWN_SYSTEM else c.system)
                for c in rule.supervising
            }
            for taken in product((False, True), repeat=len(bodies)):
                there = frozenset(b for b, is_there in zip(bodies, taken, strict=True) if is_there)
                before, after = (walk(r.supervising, facts, there) for r in (rule, mutant))
                assert before == after, f"{label} got through: {facts} {there}"


def test_no_body_can_go_unnoticed() -> None:
    """Taking a body away is refused, or every organization still ends in another one."""
    named = {c.body for r in shipped().rules for c in r.supervising}
    whole = demo()
    edges = [edge for code in whole.areas for edge in whole.edges_of(code)]
    refused = 0
    for body in whole.bodies.values():
        if body.kind not in named:
            continue  # no rule looks for it
        left = [b for b in whole.bodies.values() if b.id != body.id]
        mutant = Directory(whole.areas.values(), edges, left)
        holes = prove_over(shipped(), mutant)
        for hole in holes:
            check_no_body(f"without {body.id}", hole, shipped(), mutant, shipped(), whole)
        if holes:
            refused += 1
        else:
            every_organization_ends_somewhere(mutant, body)
    assert refused > 20


@cache
def engine() -> Engine:
    return Engine(shipped())


def every_organization_ends_somewhere(directory: Directory, gone: Body) -> None:
    """Asks for every combination of facts around the body that is gone."""
    view = directory.on(shipped().valid_from)
    level = {2: "municipal", 6: "district", 9: "street"}[
        2 if gone.area_code.endswith("00") else len(gone.area_code)
    ]
    street = next(c for c in sorted(directory.areas) if len(c) == 9 and c[:6] >= gone.area_code[:6])
    wanted = {r.id for r in shipped().rules if any(c.body == gone.kind for c in r.supervising)}
    choices = representatives(candidates=True) | {"level": (level,)}
    for values in product(*choices.values()):
        if not set(undefeated(shipped().rules, values)) & wanted:
            continue
        facts = Facts(
            **dict(zip(NAMES, values, strict=True)), domicile=street, registering=gone.area_code
        )
        verdict = engine().verdict(facts, view)
        assert verdict.rule is not None
        assert verdict.reason != NO_BODY or verdict.rule.question is not None, (gone.id, facts)


@pytest.mark.parametrize("kind", ["street_work_committee", "city_health_work_committee"])
def test_a_missing_body_is_told_with_a_place_where_it_is_missed(kind: str) -> None:
    whole = demo()
    body = next(b for b in whole.bodies.values() if b.kind == kind)
    edges = [edge for code in whole.areas for edge in whole.edges_of(code)]
    left = [b for b in whole.bodies.values() if b.id != body.id]
    holes = prove_over(shipped(), Directory(whole.areas.values(), edges, left))
    for hole in holes:
        assert hole.place is not None
        domiciles = {code for extent in hole.place.extents for code in extent.domiciles}
        assert all(code.startswith(body.area_code[:4]) for code in domiciles)
        if kind == "street_work_committee":
            assert domiciles == {body.area_code}
