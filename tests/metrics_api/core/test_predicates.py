"""One predicate, several compilers: plain Python is the meaning, polars must agree."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics_api.frames import counted_values

from metrics_api.core.definitions.predicate_documents import (
    DefinitionError,
    predicate_document,
    read_predicate,
)
from metrics_api.core.definitions.satisfiability import satisfiable
from metrics_api.core.facts.calendar_periods import CalendarPeriod
from metrics_api.core.facts.columns import COLUMNS, Fact
from metrics_api.core.facts.predicates import (
    Compare,
    Every,
    Not,
    ParameterRef,
    PeriodRef,
    Predicate,
    fact_test,
    resolve,
)
from metrics_api.counting.copy.columns import FACT_TYPES
from metrics_api.counting.expressions import fact_expression

DAY = date(2016, 6, 14)


@given(data=st.data())
def test_polars_agrees_with_python(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
) -> None:
    predicate = data.draw(predicates)
    rows = data.draw(st.lists(facts, min_size=1, max_size=20))
    frame = pl.DataFrame([counted_values(row) for row in rows], schema=FACT_TYPES, orient="row")
    found = frame.select(hit=fact_expression(predicate))["hit"].to_list()
    assert found * (len(rows) // len(found)) == [fact_test(predicate)(row) for row in rows]


def test_a_comparison_with_the_unknown_is_false_and_its_opposite_true() -> None:
    nothing: Fact = (None,) * len(COLUMNS)
    atleast = Compare("full_members", "ge", 3)
    assert not fact_test(atleast)(nothing)
    assert fact_test(Not(atleast))(nothing)


@pytest.mark.parametrize(
    ("period", "back", "number"),
    [("year", 0, 2016), ("year", 1, 2015), ("quarter", 0, 20161), ("quarter", 1, 20154),
     ("quarter", 5, 20144)],
)  # fmt: skip
def test_a_period_is_that_of_the_day_or_one_before(
    period: CalendarPeriod, back: int, number: int
) -> None:
    predicate = Not(Compare("inspection_year", "ge", PeriodRef(period, back)))
    day = date(2016, 3, 31)
    assert resolve(predicate, dict[str, int]().__getitem__, day) == Not(
        Compare("inspection_year", "ge", number)
    )
    with pytest.raises(ValueError, match="not resolved"):
        fact_test(predicate)


@pytest.mark.parametrize("operator", ["eq", "ge", "le"])
def test_a_period_is_written_as_it_is_read(operator: str) -> None:
    document = {"field": "life_quarter", operator: {"period": "quarter", "back": 1}}
    assert predicate_document(read_predicate(document, (), "file")) == document


def test_parameters_are_resolved_everywhere_and_never_compiled_unresolved() -> None:
    predicate = Every((Not(Compare("full_members", "ge", ParameterRef("n"))),))
    assert resolve(predicate, {"n": 3}.__getitem__, DAY) == Every(
        (Not(Compare("full_members", "ge", 3)),)
    )
    with pytest.raises(ValueError, match="not resolved"):
        fact_test(predicate)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"field": "colour", "eq": "red"}, "unknown field 'colour'"),
        ({"field": "grade", "eq": "6A"}, "'6A' is never found there"),
        ({"field": "grade", "in": []}, "at least one value"),
        ({"field": "grade", "ge": 3}, "numbers only"),
        ({"field": "inspection_year", "ge": {"period": "quarter"}}, "holds a year"),
        ({"field": "full_members", "eq": {"period": "year"}}, "holds no calendar period"),
        ({"field": "grade", "eq": {"period": "year"}}, "holds no calendar period"),
        ({"field": "inspection_year", "le": {"period": "year", "back": -1}}, "period and back"),
        ({"field": "inspection_year", "le": {"period": "year", "ahead": 1}}, "period and back"),
        ({"field": "full_members", "ge": {"parameter": "m"}}, "unknown parameter 'm'"),
        ({"field": "full_members", "ge": True}, "neither a number nor a parameter"),
        ({"field": "has_liaison", "eq": "yes"}, "a boolean"),
        ({"field": "grade", "is_null": False}, "is_null is true"),
        ({"field": "grade", "eq": "5A", "in": ["4A"]}, "exactly one of"),
        ({"field": "grade", "like": "5"}, "unknown operator 'like'"),
        ({"every": []}, "unknown word 'every'"),
        ({"all": []}, "at least one predicate"),
        ({"all": [{"not": {"field": "x", "eq": 1}}]}, "denominator.all[0].not: unknown field"),
        ("status", "a predicate is a mapping"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_place_and_reason(document: object, reason: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_predicate(document, {"n"}, "denominator")
    assert reason in str(error.value)


@given(data=st.data())
def test_what_a_fact_meets_is_satisfiable(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
) -> None:
    predicate, fact = data.draw(predicates), data.draw(facts)
    assert satisfiable(predicate) or not fact_test(predicate)(fact)
