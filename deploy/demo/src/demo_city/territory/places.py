"""Where an organization can be at home, and which offices register there.

A :class:`Territory` is what all streets of a district share; a :class:`Place` is one street in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from demo_city.invention.chance import Chance, Weighted
from demo_city.territory.areas import COUNTRY, PSEUDO_CITIES, Area, city_areas, national_areas
from demo_city.territory.directory import districts_with

DISTRICT_WEIGHTS = {
    "440303": 14,
    "440304": 24,
    "440305": 16,
    "440306": 16,
    "440307": 15,
    "440308": 3,
    "440309": 7,
    "440310": 2,
    "440311": 3,
}
"""How the demo city's organizations spread over its districts, by code (invented)."""

SYSTEM_COMMITTEES = ("district_education_committee", "district_health_committee")


@dataclass(frozen=True, slots=True)
class Office:
    """A registering authority, and the words that a name registered there starts with."""

    name: str
    division_code: str
    prefix: str


@dataclass(frozen=True, slots=True, eq=False)
class Territory:
    """A district with those above it.

    *offices* maps a level to the office that registers there; where a level has none (a
    municipality has no cities) the nearest one that exists stands in.
    """

    names: Mapping[str, str]
    offices: Mapping[str, tuple[str, Office]]
    committees: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A street of a territory, with the codes of its communities where they are known."""

    territory: Territory
    street: Area
    address: str
    communities: tuple[str, ...] = ()

    def office(self, level: str) -> tuple[str, Office]:
        """The level and office that registers here when *level* is wished for."""
        if level != "street":
            return self.territory.offices[level]
        seat = "办事处" if self.street.name.endswith("街道") else ""
        prefix = self.territory.offices["district"][1].prefix
        return "street", Office(self.street.name + seat, self.street.code, prefix)


def territory(areas: Mapping[str, Area], district: Area, committees: frozenset[str]) -> Territory:
    """The territory of a district (or of a city without districts, which then registers itself)."""
    city = areas[district.parent] if district.level == "district" and district.parent else district
    province = areas[city.parent or ""]
    has_city = city.name not in PSEUDO_CITIES
    above = city.name if has_city else province.name
    national = ("national", Office("民政部", COUNTRY, ""))
    bureau = "民政局" if province.name.endswith("市") else "民政厅"
    provincial = ("provincial", Office(province.name + bureau, province.code, province.name))
    municipal = ("municipal", Office(city.name + "民政局", city.code, city.name))
    local = ("district", Office(district.name + "民政局", district.code, above + district.name))
    return Territory(
        names={"province": province.name, "city": above, "district": district.name},
        offices={
            "national": national,
            "provincial": provincial,
            "municipal": municipal if has_city else local,
            "district": municipal if district is city else local,
        },
        committees=committees,
    )


def places_of(
    areas: Mapping[str, Area],
    district: Area,
    streets: list[Area],
    committees: frozenset[str],
    communities: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Place]:
    """The places of one district; *communities* maps a street to the codes of its communities."""
    shared = territory(areas, district, committees)
    prefix = shared.offices["district"][1].prefix
    below = communities or {}
    return [
        Place(shared, street, prefix + street.name, below.get(street.code, ()))
        for street in streets
    ]


class CityMap:
    """The demo city's places, drawn as its districts weigh; zones get little."""

    def __init__(self) -> None:
        """Reads the divisions of the demo city."""
        areas = city_areas()
        streets = codes_by_parent(areas, "street")
        communities = codes_by_parent(areas, "community")
        self._districts = Weighted(DISTRICT_WEIGHTS)
        self._streets: dict[str, Weighted[Place]] = {}
        for code in DISTRICT_WEIGHTS:
            committees = frozenset(
                kind for kind in SYSTEM_COMMITTEES if code in districts_with(kind)
            )
            here = [areas[street] for street in streets[code]]
            places = places_of(areas, areas[code], here, committees, communities)
            self._streets[code] = Weighted(
                {place: 1 if place.street.is_zone else 8 for place in places}
            )

    def draw(self, chance: Chance) -> Place:
        """A place in the city."""
        return chance.weigh(self._streets[chance.weigh(self._districts)])


@cache
def country_places() -> tuple[Place, ...]:
    """Every street of China as a place, in the order of codes."""
    areas = national_areas()
    return tuple(
        place
        for code, streets in codes_by_parent(areas, "street").items()
        for place in places_of(
            areas, areas[code], [areas[street] for street in streets], committees_of(code)
        )
    )


def codes_by_parent(areas: Mapping[str, Area], level: str) -> dict[str, tuple[str, ...]]:
    """Code of the area above → codes of its areas of *level*, both in order."""
    grouped: dict[str, list[str]] = {}
    for code, area in areas.items():
        if area.level == level and area.parent:
            grouped.setdefault(area.parent, []).append(code)
    return {parent: tuple(codes) for parent, codes in grouped.items()}


def committees_of(district_code: str) -> frozenset[str]:
    """Which system committees a district of the country has: two of three, read off its code.

    Invented: no national list says where they exist, and a demo needs both answers.
    """
    serial = int(district_code)
    return frozenset(kind for i, kind in enumerate(SYSTEM_COMMITTEES) if (serial + i) % 3)
