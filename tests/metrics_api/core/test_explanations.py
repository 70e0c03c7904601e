"""Why a predicate holds or not: the facts that are named decide it, and none of them is idle."""

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics_api.core.definitions.explanations import explainer
from metrics_api.core.facts.columns import COLUMNS, POSITION, Fact
from metrics_api.core.facts.predicates import Compare, Every, Not, Predicate, Some, fact_test


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_whatever_else_changes_the_named_facts_decide(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
) -> None:
    predicate, fact, other = data.draw(predicates), data.draw(facts), data.draw(facts)
    verdict = explainer(predicate)(fact)
    assert verdict.holds is fact_test(predicate)(fact)
    named = {POSITION[column] for column in verdict.columns}
    mixed = tuple(fact[i] if i in named else other[i] for i in range(len(fact)))
    assert fact_test(predicate)(mixed) is verdict.holds


def test_only_what_decides_is_named() -> None:
    status, members = Compare("status", "eq", "active"), Compare("full_members", "ge", 3)
    told: dict[str, str | int] = {"status": "active", "full_members": 2}
    fact: Fact = tuple(told.get(column.name) for column in COLUMNS)
    assert explainer(Every((status, members)))(fact) == (False, ("full_members",))
    assert explainer(Some((status, members)))(fact) == (True, ("status",))
    assert explainer(Not(Some((status, members))))(fact) == (False, ("status",))
    assert explainer(Every((status, Not(members))))(fact) == (True, ("status", "full_members"))
