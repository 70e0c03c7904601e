"""Cases of counting that chance would hardly find: limits, fractions, very many dimensions."""

from dataclasses import replace

import polars as pl
import pytest
from tests.metrics_api.frames import DAY, HIERARCHY, frame, plain_row

from metrics_api.core.definitions.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.definitions.weights import Divisors
from metrics_api.core.refusals import FiguresTooFine, TooManyGroups
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy, no_rows
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    count_coverage,
)
from metrics_api.counting.group_estimate import refuse_too_many
from metrics_api.counting.group_numbers import GroupNumbers
from metrics_api.counting.weighing import RATE
from metrics_api.definitions.load import load_definitions

DEFINITIONS = load_definitions()


def test_groups_beyond_one_number_stand_in_several_and_keep_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("metrics_api.counting.group_numbers._LARGEST", 10_000)
    grades = ["5A", None, "3A", "5A"]
    rows = [
        plain_row(i, status="active", area="440303001", grade=grade)
        for i, grade in enumerate(grades)
    ]
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    names = ("grade", *(name for name in DIMENSIONS if name != "grade"))
    assert len(GroupNumbers(names, copy, rollup).columns) > 1
    indicator = DEFINITIONS.indicators["organizational_coverage"].on(DAY, {})
    groups = count_coverage(copy, rollup, CoverageQuery(indicator, DAY, 1, names), 9).groups
    assert groups.select("grade", "denominator").rows() == [
        ("3A", 1), ("5A", 2), (UNASSIGNED_KEY, 1),
    ]  # fmt: skip
    assert set(groups.select("province", "street", "status", "kind").rows()) == {
        ("440000", "440303001", "active", UNASSIGNED_KEY)
    }


def test_there_can_be_as_many_groups_as_keys_and_the_unassigned() -> None:
    rows = [plain_row(i, area=area) for i, area in enumerate(("440303001", "440306"))]
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    assert GroupNumbers((), copy, rollup).most == 1
    kinds = len(DIMENSIONS["kind"].codes) + 1
    assert GroupNumbers(("kind",), copy, rollup).most == kinds
    districts = GroupNumbers(("district",), copy, rollup).most
    named = {path.district for path in map(HIERARCHY.path, ("440303001", "440306"))}
    assert districts > len(named)
    assert GroupNumbers(("district", "kind"), copy, rollup).most == districts * kinds


def test_too_many_groups_are_refused_with_their_number() -> None:
    rows = [plain_row(i, status="active", supervising_body=f"body-{i}") for i in range(5)]
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    indicator = DEFINITIONS.indicators["organizational_coverage"].on(DAY, {})
    query = CoverageQuery(indicator, DAY, 1, ("body",))
    with pytest.raises(TooManyGroups) as error:
        count_coverage(copy, AreaRollup(HIERARCHY, copy.area_count), query, 4)
    assert error.value.facts["groups"] == 5


def test_frames_and_tallies_print_the_same_rates() -> None:
    whole = 700_001
    tallies = pl.DataFrame({"numerator": range(0, whole, 3)}).with_columns(denominator=whole)
    rates = tallies.select(RATE)["rate"].to_list()
    assert rates == [Tally(numerator, whole).rate for numerator in range(0, whole, 3)]


def test_far_too_many_groups_are_refused_before_they_are_made() -> None:
    rows = [plain_row(i, status="active", supervising_body=f"body-{i}") for i in range(2_000)]
    rows += [plain_row(3_000, status="revoked", supervising_body=f"gone-{i}") for i in range(500)]
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    rollup = AreaRollup(HIERARCHY, copy.area_count)
    indicator = DEFINITIONS.indicators["organizational_coverage"].on(DAY, {})
    query = CoverageQuery(indicator, DAY, 1, ("body", "kind"))
    with pytest.raises(TooManyGroups) as error:
        refuse_too_many(copy, rollup, query, 1_000)
    assert error.value.facts["groups"] == pytest.approx(2_000, rel=0.05)
    refuse_too_many(copy, rollup, query, 2_000)  # only those who are asked about make groups
    refuse_too_many(copy, rollup, replace(query, group_by=("status", "kind")), 10)


def test_many_waiting_rows_are_folded_by_themselves() -> None:
    rows = [plain_row(i, status="active") for i in range(50_001)]
    copy = FactCopy.loaded(1, no_rows(), no_rows()).advanced(2, frame(rows), no_rows())
    assert (copy.base.height, copy.opened.height) == (50_001, 0)


def test_a_joint_party_organization_of_three_counts_once_over_all_and_in_thirds_by_area() -> None:
    joint = {"status": "active", "party_mode": "joint", "party_units": 3}
    solo = {"status": "active", "party_mode": "solo", "party_units": 1}
    areas = ("440303001", "440303001", "440303002")
    rows = [plain_row(i, area=area, **joint) for i, area in enumerate(areas)]
    rows.append(plain_row(9, area="440303001", **solo))
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    indicator = DEFINITIONS.indicators["covered_per_party_organization"].on(DAY, {})
    query = CoverageQuery(indicator, DAY, 1, ("district",))
    found = count_coverage(copy, AreaRollup(HIERARCHY, copy.area_count), query, 9)
    assert found.total == Tally(4, 6, Divisors(1, 3), is_share=False)  # four in two
    assert found.groups.rows() == [("440303", 3, 5, 1.8), ("440306", 1, 1, 3.0)]
    whole = count_coverage(copy, AreaRollup(HIERARCHY, copy.area_count),
                           replace(query, group_by=()), 1).total  # fmt: skip
    assert whole == Tally(4, 2, Divisors(1, 1), is_share=False)


def test_joint_party_organizations_of_too_many_sizes_are_refused_not_rounded() -> None:
    joint = {"status": "active", "party_mode": "joint"}
    rows = [plain_row(i, party_units=i, **joint) for i in range(1, 52)]
    copy = FactCopy.loaded(1, frame(rows), no_rows())
    indicator = DEFINITIONS.indicators["covered_per_party_organization"].on(DAY, {})
    query = CoverageQuery(indicator, DAY, 1)
    with pytest.raises(FiguresTooFine):
        count_coverage(copy, AreaRollup(HIERARCHY, copy.area_count), query, 1)
    shares = DEFINITIONS.indicators["organizational_coverage"].on(DAY, {})
    query = replace(query, indicator=shares)
    assert count_coverage(copy, AreaRollup(HIERARCHY, copy.area_count), query, 1).total.rate == 1
