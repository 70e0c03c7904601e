"""The shipped rule set is total and free of conflict; the proof agrees with brute force."""

from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdiction_router.core.proving.embedded_tests import coverage, run_tests
from jurisdiction_router.core.proving.proof import prove
from jurisdiction_router.core.rules.rule_set import Rule, RuleSet
from servicekit.errors import Text

NAMES = ("a", "b", "c")
VALUES = ("0", "1", "2")


def rule(name: str, when: dict[str, frozenset[str]], over: frozenset[str]) -> Rule:
    return Rule(
        id=name, row=name, title=Text("", ""), when=when, outcome="needs_decision",
        supervising=(), assisting=(), notified=(), question=None, basis="I", flags=(),
        clause=None, form=None, over=over,
    )  # fmt: skip


def rule_set_of(rules: list[Rule], attributes: dict[str, tuple[str, ...]]) -> RuleSet:
    return RuleSet(
        id="x", title=Text("", ""), scope="440300", valid_from=date(2016, 1, 1), valid_until=None,
        source="", attributes=attributes, assisting=(), rules=tuple(rules), tests=(), digest="",
    )  # fmt: skip


@st.composite
def small_rule_sets(draw: st.DrawFn) -> RuleSet:
    count = draw(st.integers(1, 5))
    rules = []
    for index in range(count):
        when = draw(
            st.dictionaries(
                st.sampled_from(NAMES), st.frozensets(st.sampled_from(VALUES), min_size=1)
            )
        )
        later = [f"r{other}" for other in range(index + 1, count)]
        over = draw(st.frozensets(st.sampled_from(later))) if later else frozenset()
        rules.append(rule(f"r{index}", when, over))
    return rule_set_of(rules, dict.fromkeys(NAMES, VALUES))


def undefeated(rule_set: RuleSet, facts: dict[str, str]) -> list[str]:
    matching = [
        r for r in rule_set.rules if all(facts[name] in values for name, values in r.when.items())
    ]
    defeated = {loser for r in matching for loser in r.over}
    return [r.id for r in matching if r.id not in defeated]


@given(small_rule_sets())
@settings(max_examples=150, deadline=None)
def test_the_proof_finds_exactly_what_brute_force_finds(rule_set: RuleSet) -> None:
    uncovered, conflicts, seen = set(), set(), set()
    for values in product(VALUES, repeat=len(NAMES)):
        left = undefeated(rule_set, dict(zip(NAMES, values, strict=True)))
        if not left:
            uncovered.add(values)
        if len(left) > 1:
            conflicts.add(values)
        seen |= set(left)
    found: dict[str, set[tuple[str, ...]]] = {"uncovered": set(), "conflict": set()}
    unreachable = set()
    for counterexample in prove(rule_set):
        if counterexample.kind == "unreachable":
            unreachable.add(counterexample.rules[0])
            continue
        choices = [counterexample.facts.get(name, list(VALUES)) for name in NAMES]
        found[counterexample.kind] |= set(product(*choices))
    assert found == {"uncovered": uncovered, "conflict": conflicts}
    assert unreachable == {r.id for r in rule_set.rules} - seen


def test_the_shipped_rule_set_is_total_conflict_free_and_reachable(rule_set: RuleSet) -> None:
    assert prove(rule_set) == []


def test_the_shipped_rule_set_passes_its_own_tests_and_tests_every_rule(rule_set: RuleSet) -> None:
    results = run_tests(rule_set)
    assert [result.name for result in results if not result.passed] == []
    assert all(coverage(rule_set, results).values())


def test_a_dropped_exception_is_found_with_its_facts(rule_set: RuleSet) -> None:
    rules = tuple(
        replace(r, over=frozenset({"fallback"})) if r.id == "vocational-training" else r
        for r in rule_set.rules
    )
    counterexamples = [c for c in prove(replace(rule_set, rules=rules)) if c.kind == "conflict"]
    assert [c.rules for c in counterexamples] == [("training-institution", "vocational-training")]
    assert counterexamples[0].facts["institution_type"] == ["training_institution"]
    assert counterexamples[0].facts["licence_issuer"] == ["human_resources"]


def test_a_dropped_fallback_is_found(rule_set: RuleSet) -> None:
    rules = tuple(r for r in rule_set.rules if r.id != "fallback")
    kept = tuple(replace(r, over=r.over - {"fallback"}) for r in rules)
    assert {c.kind for c in prove(replace(rule_set, rules=kept))} == {"uncovered"}


def test_twelve_attributes_of_twenty_values_are_proved_without_listing_them() -> None:
    """There are 4·10^15 combinations: whoever lists them does not come back."""
    values = tuple(str(number) for number in range(20))
    attributes = {f"a{number}": values for number in range(12)}
    rules = [
        rule(
            f"r{index}",
            {
                f"a{(index + k) % 12}": frozenset(values[index % 7 : index % 7 + 9])
                for k in range(3)
            },
            frozenset(f"r{later}" for later in range(index + 1, 31)),
        )
        for index in range(30)
    ]
    rules.append(rule("r30", {}, frozenset()))
    assert prove(rule_set_of(rules, attributes)) == []
