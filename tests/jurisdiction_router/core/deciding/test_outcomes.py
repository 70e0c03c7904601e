"""The fast path gives the engine's verdicts, without the steps that led to them."""

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.jurisdiction_router.core.deciding.test_timeline import directories as dated_directories
from tests.jurisdiction_router.core.proving.test_directory_proof import (
    ATTRIBUTES,
    CITY,
    DATES,
    DISTRICTS,
    STREETS,
    candidates,
    conditions,
    directories,
    rule_sets,
)

from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.outcomes import Outcomes
from jurisdiction_router.core.directory.directory import Directory, DirectoryView
from jurisdiction_router.core.rules.facts import DOMAINS, Facts
from jurisdiction_router.core.rules.rule_set import BUSINESS_SUPERVISOR, Candidate, RuleSet

PLACES = (None, CITY, *DISTRICTS, *STREETS, "440303001005", "110101001", "100000")
NAMES = (None, "", "某局", "某委")


def askers() -> st.SearchStrategy[Candidate]:
    supervisors = st.builds(
        Candidate, st.just(BUSINESS_SUPERVISOR), st.none(), st.none(), conditions
    )
    return st.one_of(supervisors, candidates())


@st.composite
def rule_sets_that_assist(draw: st.DrawFn) -> RuleSet:
    """Rule sets with bodies that assist and are told, and outcomes of every kind."""
    drawn = draw(rule_sets())
    some = st.lists(askers(), max_size=3).map(tuple)
    rules = tuple(
        replace(
            rule, assisting=draw(some), notified=draw(some),
            supervising=draw(st.just(rule.supervising) | st.just(())),
            over=rule.over if draw(st.booleans()) else frozenset(),
            outcome=draw(st.sampled_from(["assigned", "needs_decision", "out_of_scope"])),
        )
        for rule in drawn.rules
    )  # fmt: skip
    return replace(drawn, rules=rules, assisting=draw(some))


def asked(values: dict[str, tuple[str, ...]]) -> st.SearchStrategy[list[Facts]]:
    """Facts of which each may be missing, in places of the directory and elsewhere."""
    return st.lists(
        st.builds(
            Facts,
            **{name: st.sampled_from([*allowed, None]) for name, allowed in values.items()},
            domicile=st.sampled_from(PLACES),
            registering=st.sampled_from(PLACES),
            supervisor_name=st.sampled_from(NAMES),
        ),
        min_size=1,
        max_size=12,
    )


def check(engine: Engine, view: DirectoryView, facts: list[Facts]) -> None:
    outcomes = Outcomes(engine, view)
    shared = outcomes.of(facts)
    for one, found in zip(facts, shared, strict=True):
        expected = engine.verdict(one, view)._replace(steps=())
        assert found.naming(one.supervisor_name) == expected
        assert outcomes.verdict(one) == expected
    assert all(a is b for a, b in zip(shared, outcomes.of(facts), strict=True))


@given(rule_sets_that_assist(), directories(), asked({**ATTRIBUTES, "kind": ("foundation",)}))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_rule_set_is_decided_as_the_engine_decides(
    rule_set: RuleSet, directory: Directory, facts: list[Facts]
) -> None:
    engine = Engine(rule_set)
    for day in DATES[::2]:
        check(engine, directory.on(day), facts)


@given(
    directory=dated_directories(),
    facts=asked({name: tuple(sorted(values)) for name, values in DOMAINS.items()}),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_shipped_rules_are_decided_as_the_engine_decides(
    rule_set: RuleSet, directory: Directory, facts: list[Facts]
) -> None:
    check(Engine(rule_set), directory.on(date(2016, 1, 12)), facts)


def test_a_value_newer_than_the_rule_set_is_decided_as_the_engine_decides(
    rule_set: RuleSet, directory: Directory
) -> None:
    known = {name: tuple(v for v in values if v != "health")
             for name, values in rule_set.attributes.items()}  # fmt: skip
    engine = Engine(replace(rule_set, attributes=known))
    clinic = Facts("none", "health", "health", "direct", "private_clinic", "district",
                   "private_nonenterprise", "440303001", "440303", "区卫生局")  # fmt: skip
    check(engine, directory.on(date(2016, 6, 14)), [clinic, clinic._replace(mode=None)])
