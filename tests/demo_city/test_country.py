"""A country of any size."""

from itertools import islice

from stdnum.cn import uscc

import demo_city
from demo_city.invention.credit_codes import CodeRegister
from demo_city.territory.areas import national_areas


def test_streets_take_turns() -> None:
    homes = [doc["domicile"]["division_code"] for doc in demo_city.country(5_000)]
    assert len(set(homes)) == 5_000
    assert set(homes) <= set(national_areas())


def test_authorities_and_levels_exist() -> None:
    areas = national_areas()
    for document in demo_city.country(5_000):
        registration = document["registration"]
        code = registration["authority"]["division_code"]
        if registration["level"] == "national":
            assert code == "100000"
        else:
            expected = {"provincial": "province", "municipal": "city"}
            level = expected.get(registration["level"], registration["level"])
            assert areas[code].level == level
            assert document["domicile"]["division_code"].startswith(code.rstrip("0"))


def test_credit_codes_are_valid_and_unique_also_against_the_city() -> None:
    codes = [doc["credit_code"] for doc in demo_city.country(5_000) if doc["credit_code"]]
    city = {doc["credit_code"] for doc in islice(demo_city.organizations(), 500)}
    assert len(set(codes)) == len(codes)
    assert all(map(uscc.is_valid, codes))
    assert city.isdisjoint(codes)


def test_a_smaller_country_is_the_start_of_a_larger_one() -> None:
    assert list(demo_city.country(50)) == list(islice(demo_city.country(200), 50))
    assert list(demo_city.country(50, seed=1)) != list(demo_city.country(50))


def test_ten_thousand_serials_never_repeat() -> None:
    register = CodeRegister("W")
    issued = {register.issue("foundation", "440300") for _ in range(10_000)}
    assert len(issued) == 10_000
