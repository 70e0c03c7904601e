"""A country of any size, for measuring: the demo city's profiles on all streets of China."""

from collections.abc import Iterator
from typing import Any

from demo_city.invention.chance import Weighted
from demo_city.invention.inventor import Inventor
from demo_city.invention.profiles import profiles
from demo_city.territory.areas import PSEUDO_CITIES, Area, national_areas
from demo_city.territory.directory import area_row, body_row
from demo_city.territory.places import committees_of, country_places

COUNTRY_SEED = 865_000
COUNTRY_LETTER = "W"
STREET_STRIDE = 7_919  # coprime to the number of streets, so that each gets its turn

LEVEL_ORDER = ("province", "city", "district", "street")


def country(size: int, seed: int = COUNTRY_SEED) -> Iterator[dict[str, Any]]:
    """Yields *size* organizations (up to ten million), the streets in turn, in bounded memory.

    The first n of a larger country are the country of size n. Credit codes are unique, in one
    country and against the demo city; names may repeat, as they do in a country.
    """
    inventor = Inventor(seed, COUNTRY_LETTER)
    sorts = Weighted({profile: profile.count for profile in profiles()})
    places = country_places()
    for serial in range(size):
        place = places[serial * STREET_STRIDE % len(places)]
        document = inventor.invent(inventor.chance.weigh(sorts), place)
        organization = document["party"]["organization"]
        if organization is not None and organization["mode"] == "joint":
            organization["with"] = [inventor.company(place)]
        yield document


def country_directory() -> dict[str, Any]:
    """``{"areas": […], "bodies": […]}`` of the country, parents before children.

    Every province, city, district and street is an area; bodies are plausible, not a record.
    """
    areas = national_areas()
    ranked = sorted(areas.values(), key=lambda area: (LEVEL_ORDER.index(area.level), area.code))
    bodies = [body for area in ranked for body in _bodies(area)]
    return {"areas": [area_row(area) for area in ranked], "bodies": bodies}


def _bodies(area: Area) -> Iterator[dict[str, Any]]:
    """The bodies of one area; a city of the list that is none (市辖区) has none."""
    code, name = area.code, area.name
    if area.level == "street":
        ending = "党工委" if name.endswith("街道") or area.is_zone else "党委"
        yield body_row(code, "street_work_committee", name + ending)
        return
    if name in PSEUDO_CITIES:
        return
    yield body_row(code, "two_new_work_committee", f"{name}委两新组织党工委")
    if area.level != "district" or int(code) % 2:
        yield body_row(code, "social_organization_committee", f"{name}社会组织党委")
    if area.level == "city":
        yield body_row(code, "city_education_work_committee", f"{name}委教育工委")
        yield body_row(code, "city_health_work_committee", f"{name}委卫生工委")
        yield body_row(code, "industry_committee", f"{name}律师行业党委", system="justice")
        yield body_row(
            code, "joint_committee", f"{name}异地商会联合党委", suffix="hometown_chamber"
        )
    if area.level == "district":
        for kind, ending in (
            ("district_education_committee", "教育系统党委"),
            ("district_health_committee", "卫生系统党委"),
        ):
            if kind in committees_of(code):
                yield body_row(code, kind, name + ending)
