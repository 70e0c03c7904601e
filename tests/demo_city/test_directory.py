"""The directories of the city and of the country: whole, connected, with meant gaps."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import demo_city
from demo_city.territory.areas import Area, city_areas, national_areas, of_level, parent_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["city", "country"])
def directory(request: pytest.FixtureRequest) -> dict[str, Any]:
    return demo_city.directory() if request.param == "city" else demo_city.country_directory()


def test_parents_come_before_their_children(directory: dict[str, Any]) -> None:
    seen: set[str | None] = {None}
    for area in directory["areas"]:
        assert area["parent"] in seen
        assert area["code"] not in seen
        seen.add(area["code"])


def test_bodies_have_unique_ids_that_start_with_area_and_kind(directory: dict[str, Any]) -> None:
    codes = {area["code"] for area in directory["areas"]}
    ids = [body["id"] for body in directory["bodies"]]
    assert len(set(ids)) == len(ids)
    for body in directory["bodies"]:
        assert body["area_code"] in codes
        assert body["id"].startswith(f"{body['area_code']}-{body['kind']}")
        if body["system"]:
            assert body["kind"] in ("business_supervisor_committee", "industry_committee")


def test_the_city_has_its_divisions() -> None:
    areas = demo_city.directory()["areas"]
    assert Counter(area["level"] for area in areas) == {
        "province": 1,
        "city": 1,
        "district": 9,
        "street": 79,
        "community": 788,
    }


def test_the_country_has_every_street() -> None:
    assert len(of_level(national_areas(), "street")) == 41_352


def test_every_street_and_community_has_its_committee() -> None:
    directory = demo_city.directory()
    ids = {body["id"] for body in directory["bodies"]}
    wanted = {"street": "street_work_committee", "community": "community_committee"}
    for area in directory["areas"]:
        if area["level"] in wanted:
            assert f"{area['code']}-{wanted[area['level']]}" in ids


@pytest.mark.parametrize(
    ("district", "education", "health"),
    [("440303", True, True), ("440308", True, False), ("440309", False, False)],
)
def test_system_committees_exist_in_some_districts(
    district: str, education: bool, health: bool
) -> None:
    ids = {body["id"] for body in demo_city.directory()["bodies"]}
    assert (f"{district}-district_education_committee" in ids) is education
    assert (f"{district}-district_health_committee" in ids) is health
    assert f"{district}-two_new_work_committee" in ids


def test_bodies_are_named_after_their_area() -> None:
    names = {body["id"]: body["name"] for body in demo_city.directory()["bodies"]}
    assert names["440303001-street_work_committee"] == "桂园街道党工委"
    assert names["440303001001-community_committee"] == "大塘龙社区党委"
    assert names["440307011001-community_committee"].endswith("社区党委")
    assert names["440303-district_education_committee"] == "罗湖区教育系统党委"


def test_a_city_without_districts_is_one_area_with_its_streets_below() -> None:
    areas = national_areas()
    assert areas["441900"] == Area("441900", "东莞市", "city", "440000")
    assert parent_of("441900003") == "441900"


def test_zones_are_told_from_streets() -> None:
    areas = city_areas()
    assert areas["440304400"].is_zone
    assert not areas["440304001"].is_zone


def test_the_registry_knows_the_same_divisions() -> None:
    data = ROOT / "services/registry-api/src/registry_api/data/divisions.csv"
    lines = data.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["code,name", "100000,全国"]
    codes = [line.partition(",")[0] for line in lines[1:]]
    assert codes == sorted(codes)
    assert dict(line.split(",") for line in lines[2:]) == {
        code: area.name for code, area in national_areas().items()
    }
