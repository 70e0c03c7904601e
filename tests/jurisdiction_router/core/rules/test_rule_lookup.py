"""The compiled look-ups say what looking at every rule says; so does the shortened search."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from tests.jurisdiction_router.core.deciding.test_nearest_flip import can_be
from tests.jurisdiction_router.core.proving.test_directory_proof import (
    ATTRIBUTES,
    DATES,
    DISTRICTS,
    STREETS,
    directories,
    rule_sets,
)
from tests.jurisdiction_router.core.proving.test_mutants import undefeated as undefeated_of_shipped

from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.nearest_flip import nearest_flip, turns_of
from jurisdiction_router.core.deciding.outcomes import Outcomes
from jurisdiction_router.core.deciding.verdict import Verdict
from jurisdiction_router.core.directory.directory import Directory, DirectoryView
from jurisdiction_router.core.rules.facts import ATTRIBUTE_SLICE, PLACE_SLICE, POSITIONS, Facts
from jurisdiction_router.core.rules.rule_lookup import Ruling
from jurisdiction_router.core.rules.rule_set import NEEDS_DECISION, RuleSet


def all_facts() -> list[Facts]:
    """Every combination of the small attributes; the others do not matter to the small rules."""
    rest = {name: "x" for name in POSITIONS if name not in ATTRIBUTES}
    return [
        Facts(**rest, **dict(zip(ATTRIBUTES, values, strict=True)), domicile=STREETS[0],
              registering=DISTRICTS[0])
        for values in product(*ATTRIBUTES.values())
    ]  # fmt: skip


def undefeated(rule_set: RuleSet, facts: Facts) -> tuple[str, ...]:
    matching = [
        r for r in rule_set.rules
        if all(getattr(facts, name) in allowed for name, allowed in r.when.items())
    ]  # fmt: skip
    defeated = {loser for r in matching for loser in r.over}
    return tuple(r.id for r in matching if r.id not in defeated)


def flip(
    engine: Engine, facts: Facts, view: DirectoryView, verdict: Verdict
) -> tuple[str, str] | None:
    """The nearest flip by asking the engine for every other value of every attribute."""
    open_question = None
    for attribute in engine.rule_set.attributes:
        for value in engine.rule_set.attributes[attribute]:
            if not can_be(facts, attribute, value):
                continue
            other = engine.verdict(facts._replace(**{attribute: value}), view)
            if (other.outcome, other.supervising) == (verdict.outcome, verdict.supervising):
                continue
            if other.outcome != NEEDS_DECISION:
                return attribute, value
            open_question = open_question or (attribute, value)
    return open_question


@given(rule_sets(), directories())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rules_and_flips_are_those_of_the_long_way(rule_set: RuleSet, directory: Directory) -> None:
    engine = Engine(rule_set)
    for day in DATES[::2]:
        view = directory.on(day)
        outcomes = Outcomes(engine, view)
        for facts in all_facts():
            ruling = engine.ruling(facts)
            assert isinstance(ruling, Ruling)
            assert tuple(r.id for r in ruling.rules) == undefeated(rule_set, facts)
            verdict = engine.verdict(facts, view)
            values: tuple[str | None, ...] = facts
            turns = turns_of(engine, values[ATTRIBUTE_SLICE])
            around = view.around[values[PLACE_SLICE]]
            found = nearest_flip(outcomes, turns, facts, around, verdict)
            told = (found.turn.attribute, found.turn.value) if found else None
            assert told == flip(engine, facts, view, verdict)


def test_the_shipped_rules_are_looked_up_as_they_are_read(rule_set: RuleSet) -> None:
    engine = Engine(rule_set)
    names = tuple(rule_set.attributes)
    for values in product(*(values[:4] for values in rule_set.attributes.values())):
        ruling = engine.ruling(Facts(**dict(zip(names, values, strict=True))))
        assert isinstance(ruling, Ruling)
        expected = undefeated_of_shipped(rule_set.rules, values)
        assert tuple(r.id for r in ruling.rules) == expected
