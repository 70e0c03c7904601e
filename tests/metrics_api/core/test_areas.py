"""Rolling up: by code and dated edge, by digits only where the directory is silent; a code of
another time by what stands for it.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics_api.successions import SUCCEEDING_CODES, YEARS, succeeding_areas

from metrics_api.core.areas.areas import AreaDirectory, AreaPath, AreaVersion
from metrics_api.core.areas.successions import Succession
from metrics_api.core.definitions.dimensions import AREA_LEVELS
from metrics_api.tables import OPEN_END

BEFORE, MOVED, AFTER = date(2016, 1, 1), date(2017, 1, 7), date(2018, 1, 1)


def area(
    code: str, level: str, parent: str | None, start: date, until: date = OPEN_END
) -> AreaVersion:
    return AreaVersion(code, level, parent, code, start, until)


DIRECTORY = AreaDirectory(
    [
        area("440000", "province", None, BEFORE),
        area("440300", "city", "440000", BEFORE),
        area("440306", "district", "440300", BEFORE),
        area("440309", "district", "440300", MOVED),
        area("440306013", "street", "440306", BEFORE, MOVED),
        area("440306013", "street", "440309", MOVED),
    ]
)


def test_a_street_that_moves_counts_in_the_district_of_the_day() -> None:
    assert DIRECTORY.on(BEFORE).path("440306013").district == "440306"
    assert DIRECTORY.on(AFTER).path("440306013").district == "440309"


def test_days_between_two_changes_share_a_hierarchy() -> None:
    assert DIRECTORY.on(BEFORE) is DIRECTORY.on(date(2016, 5, 5))
    assert DIRECTORY.on(BEFORE) is not DIRECTORY.on(MOVED)


def test_an_unknown_street_lies_in_the_district_of_its_digits() -> None:
    path = DIRECTORY.on(AFTER).path("440306999")
    assert path == ("440000", "440300", "440306", "440306999")


def test_a_district_has_no_street_and_a_city_without_districts_no_district() -> None:
    assert DIRECTORY.on(AFTER).path("440306").street is None
    assert DIRECTORY.on(AFTER).path("441900003") == ("440000", "441900", None, "441900003")


def test_no_area_lies_nowhere() -> None:
    assert set(DIRECTORY.on(AFTER).path(None)) == {None}


def test_a_circle_of_parents_ends() -> None:
    circle = AreaDirectory(
        [area("440306", "district", "440309", BEFORE), area("440309", "city", "440306", BEFORE)]
    )
    assert circle.on(AFTER).path("440306").district == "440306"


def succeeded(version: AreaVersion, on: date, *heirs: str) -> AreaVersion:
    """The area, ending on `on` with successors."""
    successions = tuple(Succession(heir, on) for heir in heirs)
    return AreaVersion(
        version.code, version.level, version.parent, version.name, version.valid_from, on,
        successions,
    )  # fmt: skip


RESTRUCTURED = AreaDirectory(
    [
        area("440000", "province", None, BEFORE),
        area("440300", "city", "440000", BEFORE),
        area("440306", "district", "440300", BEFORE),
        succeeded(area("440306101", "street", "440306", BEFORE), MOVED, "440306201", "440306202"),
        area("440306201", "street", "440306", MOVED),
        area("440306202", "street", "440306", MOVED),
        succeeded(area("440390", "district", "440300", BEFORE), MOVED, "440309"),
        succeeded(area("440390001", "street", "440390", BEFORE), MOVED, "440309001"),
        area("440309", "district", "440300", MOVED),
        area("440309001", "street", "440309", MOVED),
    ]
)
"""A street split in two, and a 新区 that became a district under another code."""
CITY = ("440000", "440300")


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("440306101", ("440306", "440306101"), ("440306", None)),
        ("440306201", ("440306", "440306101"), ("440306", "440306201")),
        ("440390001", ("440390", "440390001"), ("440309", "440309001")),
        ("440309001", ("440390", "440390001"), ("440309", "440309001")),
        ("440390", ("440390", None), ("440309", None)),
        ("440390777", ("440390", "440390777"), ("440309", "440390777")),
    ],
)
def test_a_code_of_another_time_lies_where_what_stands_for_it_agrees(
    code: str, before: tuple[str | None, ...], after: tuple[str | None, ...]
) -> None:
    assert RESTRUCTURED.on(BEFORE).path(code) == CITY + before
    assert RESTRUCTURED.on(AFTER).path(code) == CITY + after


def test_a_succession_that_begins_later_makes_a_hierarchy_of_its_own() -> None:
    ended = AreaVersion(
        "440306101", "street", "440306", "x", BEFORE, MOVED, (Succession("440306201", AFTER),)
    )
    directory = AreaDirectory([ended, area("440306201", "street", "440306", BEFORE)])
    assert directory.on(MOVED).path("440306101").street == "440306101"
    assert directory.on(AFTER).path("440306101").street == "440306201"


def agreed(paths: list[AreaPath]) -> AreaPath:
    """The levels on which all paths are the same."""
    columns = (set(column) for column in zip(*paths, strict=True))
    return AreaPath(*(column.pop() if len(column) == 1 else None for column in columns))


def stand_ins(versions: list[AreaVersion], there: set[str], code: str, day: date) -> set[str]:
    """What stands for `code`, by trying every chain of successions one step at a time."""
    first = min((v.valid_from for v in versions if v.code == code), default=day)
    told = [(v.code, heir) for v in versions for heir in v.successors]
    edges = {(code, heir.code) for code, heir in told if heir.valid_from <= day}
    if first > day:
        edges = {(heir.code, code) for code, heir in told if heir.valid_from > day}
    reached = {code}
    for _ in SUCCEEDING_CODES:
        reached |= {end for start, end in edges if start in reached - there}
    return reached & there


@given(versions=st.lists(succeeding_areas(), max_size=9), day=st.sampled_from(YEARS))
def test_whatever_the_successions_a_code_lies_where_its_stand_ins_agree(
    versions: list[AreaVersion], day: date
) -> None:
    hierarchy = AreaDirectory(versions).on(day)
    there = {v.code for v in versions if v.valid_from <= day < v.valid_until}
    for code in set(SUCCEEDING_CODES) - there:
        if others := stand_ins(versions, there, code, day):
            paths = [hierarchy.path(other) for other in others]
            assert hierarchy.path(code) == agreed(paths)


@given(versions=st.lists(succeeding_areas(orderly=False), max_size=9), day=st.sampled_from(YEARS))
def test_circles_of_parents_and_successors_end(versions: list[AreaVersion], day: date) -> None:
    hierarchy = AreaDirectory(versions).on(day)
    assert all(len(hierarchy.path(code)) == len(AREA_LEVELS) for code in SUCCEEDING_CODES)
