"""The counting engine against a naive model, at random days and editions, with rows waiting."""

import math
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics_api.frames import DAY, HIERARCHY, Row, copy_of, frame, plain_row
from tests.metrics_api.successions import SUCCEEDING_CODES, YEARS, succeeding_areas

from metrics_api.core.areas.areas import AreaDirectory, AreaHierarchy, AreaVersion
from metrics_api.core.definitions.dimensions import AREA_LEVELS, DIMENSIONS, UNASSIGNED_KEY
from metrics_api.core.definitions.indicators import ResolvedIndicator, Tally
from metrics_api.core.definitions.weights import COUNTED, Measure, Weight
from metrics_api.core.facts.columns import POSITION, Fact
from metrics_api.core.facts.predicates import Predicate, fact_test
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy, no_rows
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    count_coverage,
)
from metrics_api.counting.members import Part, Place, find_members
from metrics_api.counting.series_count import count_series, whole_series
from metrics_api.counting.weighing import Figures, parts_of
from metrics_api.definitions.load import load_definitions

PARTS: tuple[Part, ...] = ("numerator", "denominator", "gap")
DEFINITIONS = load_definitions()


def key_of(name: str, fact: Fact, hierarchy: AreaHierarchy) -> str:
    dimension = DIMENSIONS[name]
    value = fact[POSITION[dimension.column]]
    if dimension.area_level:
        area = None if value is None else str(value)
        value = getattr(hierarchy.path(area), dimension.area_level)
    return UNASSIGNED_KEY if value is None else str(value)


Sums = tuple[Fraction, Fraction]
"""Numerator and denominator, exactly."""


def naive(rows: list[Row], query: CoverageQuery) -> dict[tuple[str, ...], Sums]:
    """The meaning of a query, one row at a time; groups to which nobody adds are left out."""
    groups: dict[tuple[str, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for row in rows:
        if is_asked(row, query):
            sums = groups[tuple(key_of(name, row.fact, HIERARCHY) for name in query.group_by)]
            for side, amount in enumerate(adds(row.fact, query)):
                sums[side] += amount
    return {key: (above, below) for key, (above, below) in groups.items() if above or below}


def adds(fact: Fact, query: CoverageQuery) -> Sums:
    """What somebody who is asked about adds."""
    measure = query.indicator.measure
    counts = fact_test(query.indicator.numerator)(fact)
    return weight(measure.numerator, fact) * counts, weight(measure.denominator, fact)


def weight(weight: Weight, fact: Fact) -> Fraction:
    if weight.divisor:
        units = fact[POSITION[weight.divisor]]
        return Fraction(1, units) if isinstance(units, int) and units else Fraction(0)
    own = [fact[POSITION[column]] for column in weight.columns]
    return Fraction(sum(n for n in own if isinstance(n, int)) if own else 1)


def exact(tally: Tally) -> Sums:
    return (
        Fraction(tally.numerator, tally.divisors.numerator),
        Fraction(tally.denominator, tally.divisors.denominator),
    )


def rate(sums: Sums) -> float | None:
    """Rounded half up to six decimals."""
    above, below = sums
    return (
        float(Fraction(math.floor(above / below * 10**6 + Fraction(1, 2)), 10**6))
        if below
        else None
    )


def is_asked(row: Row, query: CoverageQuery) -> bool:
    area = row.fact[POSITION["area"]]
    return (
        row.believed_at(query.edition)
        and row.valid_from <= query.valid_on < row.valid_until
        and fact_test(query.indicator.denominator)(row.fact)
        and (query.within is None or str(area or "-").startswith(query.within or ("!",)))
        and all(_matches(name, values, row.fact) for name, values in query.filters.items())
    )


def _matches(name: str, values: tuple[str, ...], fact: Fact) -> bool:
    if name == "under_body":
        return fact[POSITION["supervising_body"]] in values
    if name == "area":
        own = fact[POSITION["area"]]
        path = HIERARCHY.path(None if own is None else str(own))
        return bool({own, *path} & set(values))
    return key_of(name, fact, HIERARCHY) in values


@st.composite
def row_lists(
    draw: st.DrawFn,
    facts: st.SearchStrategy[Fact],
    days: st.SearchStrategy[date],
    untils: st.SearchStrategy[date],
) -> list[Row]:
    rows = []
    for row_id in range(draw(st.integers(0, 25))):
        start, until = draw(days), draw(untils)
        began = draw(st.integers(1, 6))
        ended = draw(st.one_of(st.none(), st.integers(began + 1, 7)))
        rows.append(Row(row_id, min(start, until), max(start, until), began, ended, draw(facts)))
    return rows


_WEIGHTS = st.sampled_from(
    [Weight(), Weight(("full_members", "probationary_members")), Weight(divisor="party_units")]
)
MEASURES = st.just(COUNTED) | st.builds(Measure, _WEIGHTS, _WEIGHTS)


@st.composite
def queries(
    draw: st.DrawFn, predicates: st.SearchStrategy[Predicate], days: st.SearchStrategy[date]
) -> CoverageQuery:
    names = st.sampled_from(sorted(DIMENSIONS))
    filters = draw(
        st.dictionaries(names, st.just((UNASSIGNED_KEY,)), max_size=1)
        | st.just({"area": ("440306", "440303001")})
        | st.just({"district": ("440306",), "kind": ("foundation", UNASSIGNED_KEY)})
        | st.just({"body": ("b1", "never-seen")})
        | st.just({"under_body": ("b1", "b3", "never-seen"), "body": ("b1", "b2")})
    )
    return CoverageQuery(
        indicator=ResolvedIndicator(draw(predicates), draw(predicates), draw(MEASURES)),
        valid_on=draw(days),
        edition=draw(st.integers(1, 7)),
        group_by=tuple(draw(st.lists(names, max_size=4, unique=True))),
        filters=filters,
        within=draw(st.sampled_from([None, (), ("4403",), ("440303", "32")])),
    )


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_count_equals_the_naive_one(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
    days: st.SearchStrategy[date],
    untils: st.SearchStrategy[date],
) -> None:
    rows = data.draw(row_lists(facts, days, untils))
    loaded_at = data.draw(st.integers(1, 7))
    steps = sorted(data.draw(st.sets(st.integers(loaded_at + 1, 8), min_size=1)) | {8})
    copy = copy_of(rows, loaded_at, steps, data.draw(st.booleans()))
    query = data.draw(queries(predicates, days))
    found = count_coverage(copy, AreaRollup(HIERARCHY, copy.area_count), query, 10_000)
    expected = naive(rows, query)
    if query.group_by:
        keys = found.groups.select(query.group_by).rows()
        tallies = found.groups.select("numerator", "denominator").rows()
        sums = [exact(Tally(above, below, found.total.divisors)) for above, below in tallies]
        assert dict(zip(keys, sums, strict=True)) == expected
        assert found.groups["rate"].to_list() == [rate(it) for it in sums]
    whole = tuple(sum((it[side] for it in expected.values()), Fraction(0)) for side in (0, 1))
    assert exact(found.total) == whole
    assert found.total.rate == rate(exact(found.total))
    assert found.total.is_share == (query.indicator.measure == COUNTED)
    if found.total.is_share:
        assert found.total.divisors == (1, 1)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_series_is_the_count_of_each_day(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
    days: st.SearchStrategy[date],
    untils: st.SearchStrategy[date],
) -> None:
    rows = data.draw(row_lists(facts, days, untils))
    copy = copy_of(rows, data.draw(st.integers(1, 7)), [8], data.draw(st.booleans()))
    query = data.draw(queries(predicates, days))
    asked = sorted(data.draw(st.sets(days, min_size=1)))
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    keys = list(query.group_by)
    middle = len(asked) // 2
    figures = Figures(query.indicator, parts_of(copy, query.indicator))
    stretches = [
        count_series(copy, rollup, query, p, 9_999) for p in (asked[:middle], asked[middle:]) if p
    ]
    found = whole_series(stretches, keys, asked, 9_999, figures)
    for day in asked:
        expected = naive(rows, replace(query, valid_on=day))
        shown = found.filter(pl.col("valid_on") == day)
        rows_of_day = shown.select(*keys, "numerator", "denominator", "rate").rows()
        sums = {row[: len(keys)]: exact(figures.tally(*row[-3:-1])) for row in rows_of_day}
        assert {key: it for key, it in sums.items() if any(it)} == expected
        assert [row[-1] for row in rows_of_day] == [rate(it) for it in sums.values()]
    assert found.height == found.select(keys).n_unique() * len(asked) if keys else len(asked)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_members_are_those_that_were_counted_in_order_and_once(
    data: st.DataObject,
    facts: st.SearchStrategy[Fact],
    predicates: st.SearchStrategy[Predicate],
    days: st.SearchStrategy[date],
    untils: st.SearchStrategy[date],
) -> None:
    rows = data.draw(row_lists(facts, days, untils))
    loaded_at = data.draw(st.integers(1, 7))
    copy = copy_of(rows, loaded_at, [8], data.draw(st.booleans()))
    query = replace(data.draw(queries(predicates, days)), group_by=())
    query = replace(query, indicator=replace(query.indicator, measure=COUNTED))
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    counted = count_coverage(copy, rollup, query, 1).total
    found = {part: walked(copy, rollup, query, part) for part in PARTS}
    assert len(found["numerator"]) == counted.numerator
    assert sorted(found["numerator"] + found["gap"]) == sorted(found["denominator"])
    asked = {row.row_id: row for row in rows if is_asked(row, query)}
    assert sorted(found["denominator"]) == sorted(asked)
    assert found["denominator"] == sorted(asked, key=lambda i: place(asked[i]))


def place(row: Row) -> tuple[bool, str, int]:
    area = row.fact[POSITION["area"]]
    return (area is None, str(area), row.row_id)


def walked(copy: FactCopy, rollup: AreaRollup, query: CoverageQuery, part: Part) -> list[int]:
    """The row ids of `part`, read in pages of three."""
    found: list[int] = []
    after: Place | None = None
    while True:
        page = find_members(copy, rollup, query, part, after, 3)
        found += [key.organization.int for key in page.rows]
        if page.last is None:
            assert page.count == len(found)
            return found
        after = page.last


@settings(max_examples=60, deadline=None)
@given(
    versions=st.lists(succeeding_areas(), max_size=9),
    day=st.sampled_from(YEARS),
    areas=st.lists(st.sampled_from([None, *SUCCEEDING_CODES, "440399001"]), max_size=12),
)
def test_parts_sum_to_the_whole_under_any_successions(
    versions: list[AreaVersion], day: date, areas: list[str | None]
) -> None:
    hierarchy = AreaDirectory(versions).on(day)
    rows = [plain_row(i, area=area, status="active") for i, area in enumerate(areas)]
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    indicator = DEFINITIONS.indicators["organizational_coverage"].on(DAY, {})
    rollup = AreaRollup(hierarchy, copy.area_count)
    for level in AREA_LEVELS:
        query = CoverageQuery(indicator, DAY, 1, (level,))
        found = count_coverage(copy, rollup, query, 99)
        keys = [getattr(hierarchy.path(area), level) or UNASSIGNED_KEY for area in areas]
        assert dict(found.groups.select(level, "denominator").iter_rows()) == Counter(keys)
        assert found.total.denominator == len(areas)
        for key in set(keys):
            only = replace(query, filters={level: (key,)}, group_by=())
            counted = count_coverage(copy, rollup, only, 1).total
            assert counted.denominator == keys.count(key)
