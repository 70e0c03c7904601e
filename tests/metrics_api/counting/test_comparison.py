"""The comparison against a naive model: exact contributions that sum to the difference."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics_api.counting.test_counting import (
    DEFINITIONS,
    Sums,
    adds,
    exact,
    is_asked,
    key_of,
    queries,
    row_lists,
)
from tests.metrics_api.frames import DAY, HIERARCHY, Row, copy_of, frame, plain_row

from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.predicates import Predicate
from metrics_api.core.refusals import TooManyGroups
from metrics_api.counting.comparison_count import CHANGES, Change, Side, compare, find_changed
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy, no_rows
from metrics_api.counting.coverage_count import CoverageQuery

Pair = tuple[int, tuple[str, ...]]
"""An organization in a group."""


def standing(rows: list[Row], query: CoverageQuery) -> dict[Pair, Sums]:
    """Everyone asked about, and what it adds."""
    return {
        (row.row_id, tuple(key_of(n, row.fact, HIERARCHY) for n in query.group_by)): adds(
            row.fact, query
        )
        for row in rows
        if is_asked(row, query)
    }


def whole_of(standings: dict[Pair, Sums]) -> Sums:
    above, below = (sum((it[side] for it in standings.values()), Fraction(0)) for side in (0, 1))
    return above, below


def change_of(before: Sums | None, after: Sums | None, whole: Sums) -> Change | None:
    if before is None:
        return "entered"
    if after is None:
        return "left"
    raised = after[0] - before[0]
    if whole[1]:
        raised -= whole[0] / whole[1] * (after[1] - before[1])
    return "gained" if raised > 0 else "lost" if raised < 0 else None


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_contributions_sum_to_the_difference_exactly(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
    days: st.SearchStrategy[date],
    untils: st.SearchStrategy[date],
) -> None:
    rows = data.draw(row_lists(facts, days, untils))
    copy = copy_of(rows, data.draw(st.integers(1, 7)), [8], data.draw(st.booleans()))
    first = data.draw(queries(predicates, days))
    other = data.draw(queries(predicates, days))
    measured = replace(other.indicator, measure=first.indicator.measure)
    then = replace(first, indicator=measured, valid_on=other.valid_on)
    if data.draw(st.booleans()):
        then = replace(then, filters=other.filters)
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    sides = Side(copy, rollup, first), Side(copy, rollup, then)
    found = compare(*sides, 9_999)

    before, after = standing(rows, first), standing(rows, then)
    wholes = whole_of(before), whole_of(after)
    assert (exact(found.before), exact(found.after)) == wholes
    pairs = {pair: (before.get(pair), after.get(pair)) for pair in before | after}
    expected = Counter((key, change_of(*was, wholes[0])) for (_, key), was in pairs.items())
    shown = {
        (row[: len(first.group_by)], row[-2]): row[-1]
        for row in found.parts.select(*first.group_by, "change", "organizations").iter_rows()
    }
    assert shown == {part: number for part, number in expected.items() if part[1]}
    for change in CHANGES:
        assert walked(sides, change) == sorted(
            org
            for (org, _), was in ungrouped(rows, first, then)
            if change_of(*was, wholes[0]) == change
        )
    if wholes[0][1] and wholes[1][1]:
        assert found.denominator is not None
        assert found.difference is not None
        told = [Fraction(n, found.denominator) for n in found.parts["contribution_numerator"]]
        rates = [above / below for above, below in wholes]
        assert sum(told) == rates[1] - rates[0] == Fraction(found.difference, found.denominator)
        # the formula as the documentation states it, one organization at a time
        terms: dict[tuple[tuple[str, ...], Change | None], Fraction] = defaultdict(Fraction)
        nothing = (Fraction(0), Fraction(0))
        for (_, key), (was, now) in pairs.items():
            entering, leaving = (
                it[0] - rates[0] * it[1] for it in (now or nothing, was or nothing)
            )
            terms[key, change_of(was, now, wholes[0])] += (entering - leaving) / wholes[1][1]
        named = found.parts.select(*first.group_by, "change").iter_rows()
        for part, value in zip(named, told, strict=True):
            assert terms[part[:-1], part[-1]] == value
    else:
        assert found.denominator is found.difference is None
        assert found.parts["contribution_numerator"].null_count() == found.parts.height


def ungrouped(
    rows: list[Row], first: CoverageQuery, then: CoverageQuery
) -> list[tuple[Pair, tuple[Sums | None, Sums | None]]]:
    before = standing(rows, replace(first, group_by=()))
    after = standing(rows, replace(then, group_by=()))
    return [(pair, (before.get(pair), after.get(pair))) for pair in before | after]


def walked(sides: tuple[Side, Side], change: Change) -> list[int]:
    """The organizations of a change, read in pages of two."""
    plain = [side._replace(query=replace(side.query, group_by=())) for side in sides]
    found: list[int] = []
    later_than: UUID | None = None
    while True:
        page = find_changed(plain[0], plain[1], change, later_than, 2)
        found += [organization.int for organization, *_ in page.rows]
        later_than = page.last
        if later_than is None:
            assert page.count == len(found)
            return found


def test_far_too_many_parts_are_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies = [plain_row(i, status="active", supervising_body=f"body-{i}") for i in range(2_000)]
    copy = FactCopy.loaded(1, frame(bodies), no_rows())
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    indicator = DEFINITIONS.indicators["organizational_coverage"].on(DAY, {})
    then = CoverageQuery(indicator, DAY, 1, ("body",))
    first = replace(then, valid_on=date(1999, 1, 1))  # before all of them
    sides = Side(copy, rollup, first), Side(copy, rollup, then)
    # who stays as it was is in no part, in however many groups
    assert compare(sides[1], sides[1], 10).parts.is_empty()
    monkeypatch.setattr("metrics_api.counting.comparison_count._sums", _not_to_be_made)
    with pytest.raises(TooManyGroups) as error:
        compare(*sides, 1_000)
    assert error.value.facts["groups"] == pytest.approx(2_000, rel=0.2)  # off by a few percent


def _not_to_be_made() -> None:
    raise AssertionError("the groups were made")
