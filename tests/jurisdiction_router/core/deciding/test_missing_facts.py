"""With facts missing, the open answers are exactly those that some completion gives."""

from datetime import date
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.verdict import MISSING_FACTS
from jurisdiction_router.core.directory.directory import Directory, Party
from jurisdiction_router.core.rules.facts import DOMAINS, Facts
from jurisdiction_router.core.rules.rule_set import NEEDS_DECISION, RuleSet

Answer = tuple[str, str | None, Party | None]

NAMES = tuple(DOMAINS)


@st.composite
def partial_facts(draw: st.DrawFn) -> tuple[Facts, list[str]]:
    values = {name: draw(st.sampled_from(sorted(DOMAINS[name]))) for name in NAMES}
    missing = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    domicile = draw(st.sampled_from(["440303001001", "440309001", None]))
    registering = draw(st.sampled_from(["440300", "440303", "440309"]))
    return Facts(**values, domicile=domicile, registering=registering), missing


@given(partial_facts())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_open_answers_are_those_of_the_completions(
    rule_set: RuleSet, directory: Directory, given_facts: tuple[Facts, list[str]]
) -> None:
    facts, missing = given_facts
    engine, view = Engine(rule_set), directory.on(date(2016, 6, 14))
    known = facts._replace(**dict.fromkeys(missing))
    verdict = engine.verdict(known, view)
    completions = {
        values: engine.verdict(facts._replace(**dict(zip(missing, values, strict=True))), view)
        for values in product(*(sorted(DOMAINS[name]) for name in missing))
    }
    answers = {found.answer() for found in completions.values()}
    if len(answers) == 1:
        assert verdict.answer() in answers
        return
    assert (verdict.outcome, verdict.reason) == (NEEDS_DECISION, MISSING_FACTS)
    attributes = [name for name in verdict.missing if name in NAMES]
    assert set(attributes) <= set(missing)
    expected: dict[Answer, set[str]] = {}
    first = missing.index(attributes[0])
    for values, found in completions.items():
        rule = found.rule.id if found.rule else None
        answer = (found.outcome, rule, found.supervising)
        expected.setdefault(answer, set()).add(values[first])
    open_answers: dict[Answer, set[str]] = {}
    for possible in verdict.possible:
        answer = (possible.outcome, possible.rule, possible.supervising)
        assert possible.attribute == attributes[0]
        open_answers.setdefault(answer, set()).update(possible.values)
    assert open_answers == expected
