"""A document put together from shared parts is the one made anew from the engine's steps."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from tests.jurisdiction_router.core.deciding.test_nearest_flip import can_be
from tests.jurisdiction_router.core.deciding.test_outcomes import asked, rule_sets_that_assist
from tests.jurisdiction_router.core.deciding.test_timeline import directories as dated_directories
from tests.jurisdiction_router.core.proving.test_directory_proof import (
    ATTRIBUTES,
    DATES,
    directories,
)

from jurisdiction_router.core.deciding import decision_document as parts
from jurisdiction_router.core.deciding.decider import Decider
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.explanation import Explainer, joined
from jurisdiction_router.core.deciding.nearest_flip import Flip, Turn
from jurisdiction_router.core.deciding.verdict import Verdict
from jurisdiction_router.core.directory.directory import Directory, DirectoryView
from jurisdiction_router.core.rules.conditions import all_candidates
from jurisdiction_router.core.rules.facts import DOMAINS, POSITIONS, Facts
from jurisdiction_router.core.rules.rule_set import NEEDS_DECISION, RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary


def naive_flip(engine: Engine, facts: Facts, view: DirectoryView, verdict: Verdict) -> Flip | None:
    """The nearest flip by asking the engine for every other value of every attribute."""
    open_question = None
    for attribute in engine.rule_set.attributes:
        current = facts[POSITIONS[attribute]]
        if current is None:
            continue
        for value in engine.rule_set.attributes[attribute]:
            if not can_be(facts, attribute, value):
                continue
            other = engine.verdict(facts._replace(**{attribute: value}), view)
            if (other.outcome, other.supervising) == (verdict.outcome, verdict.supervising):
                continue
            flip = Flip(Turn(attribute, current, value, None), other)
            if other.outcome != NEEDS_DECISION:
                return flip
            open_question = open_question or flip
    return open_question


def naive_document(
    engine: Engine, vocabulary: Vocabulary, facts: Facts, view: DirectoryView
) -> dict[str, Any]:
    """The whole document, nothing of it remembered."""
    verdict, explainer = engine.verdict(facts, view), Explainer(vocabulary)
    described = {id(one): parts.candidate_of(one) for one in all_candidates(engine.rule_set)}
    flip = naive_flip(engine, facts, view, verdict)
    explanation = joined(
        [
            explainer.answer(verdict),
            explainer.rule(verdict.rule),
            explainer.skipped(verdict, facts),
            explainer.assisting(verdict.assisting),
            explainer.remarks(verdict.rule),
            explainer.flip(flip) if flip else None,
        ]
    )
    return {
        **parts.answer_of(verdict, engine.rule_set),
        "facts": parts.facts_document(facts),
        "trace": {
            "place": {
                "domicile": parts.path_of(view.path(facts.domicile)),
                "registering": parts.path_of(view.path(facts.registering)),
            },
            "rules": [parts.considered(engine, rule, facts) for rule in engine.rule_set.rules],
            "candidates": parts.candidates_of(verdict, described),
        },
        "nearest_flip": parts.flip_of(flip) if flip else None,
        "explanation": parts.text_of(explanation),
    }


def check(
    rule_set: RuleSet, vocabulary: Vocabulary, view: DirectoryView, facts: list[Facts]
) -> None:
    decider, engine = Decider(Engine(rule_set), vocabulary), Engine(rule_set)
    for one in facts * 2:
        expected = naive_document(engine, vocabulary, one, view)
        found = decider.decide(one, view)
        assert found.document == expected
        assert list(found.document) == list(expected)


@given(rule_sets_that_assist(), directories(), asked({**ATTRIBUTES, "kind": ("foundation",)}))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_rule_set_is_explained_as_the_engine_decides(
    vocabulary: Vocabulary, rule_set: RuleSet, directory: Directory, facts: list[Facts]
) -> None:
    for day in DATES[::2]:
        check(rule_set, vocabulary, directory.on(day), facts)


@given(
    directory=dated_directories(),
    facts=asked({name: tuple(sorted(values)) for name, values in DOMAINS.items()}),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_shipped_rules_are_explained_as_the_engine_decides(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory, facts: list[Facts]
) -> None:
    check(rule_set, vocabulary, directory.on(date(2016, 1, 12)), facts)


def test_each_organization_of_a_city_gets_its_own_document(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    """Equal attributes in many places, and in one place under many supervisors."""
    clinic = Facts("none", "health", "health", "dual", "private_clinic", "district",
                   "private_nonenterprise", "440303001001", "440303", "区卫生局")  # fmt: skip
    facts = [
        clinic._replace(domicile=domicile, registering=registering, supervisor_name=name)
        for domicile in ("440303001001", "440303001", "440309001", "440303", None)
        for registering in ("440303", "440309", "440300", None)
        for name in ("区卫生局", "市卫生局", "", None)
    ]
    facts += [one._replace(mode=mode) for one in facts for mode in ("direct", None)]
    check(rule_set, vocabulary, directory.on(date(2016, 6, 14)), facts)
