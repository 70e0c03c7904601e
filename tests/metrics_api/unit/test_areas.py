"""Rolling up: by code and dated edge, by digits only where the directory is silent."""

from datetime import date

from metrics_api.domain.areas import AreaDirectory, AreaVersion
from metrics_api.domain.timelines import FAR

BEFORE, MOVED, AFTER = date(2016, 1, 1), date(2017, 1, 7), date(2018, 1, 1)


def area(code: str, level: str, parent: str | None, start: date, until: date = FAR) -> AreaVersion:
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
