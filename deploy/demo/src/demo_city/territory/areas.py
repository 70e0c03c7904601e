"""The real divisions the demo stands on: China down to the street, Shenzhen down to the community.

Codes follow GB/T 2260 and its extension below the district (2+2+2+3+3 digits), so that the parent
of a code can be read off the code itself.
"""

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

COUNTRY = "100000"
DEMO_PROVINCE = "440000"
DEMO_CITY = "440300"

VALID_FROM = "2000-01-01"
"""All areas are open-ended from here: the lists carry no history of their own."""

PSEUDO_CITIES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Rows of the city level that only keep the code scheme regular: no authority sits there."""


@dataclass(frozen=True, slots=True)
class Area:
    """A division; *level* is province, city, district, street or community."""

    code: str
    name: str
    level: str
    parent: str | None

    @property
    def is_zone(self) -> bool:
        """Whether it is a quasi-unit (bonded zone, airport, farm …): third group 400 and above."""
        return self.level == "street" and self.code[6] >= "4"


def level_of(code: str) -> str:
    """The level that the shape of *code* tells; a city without districts counts as a city."""
    if len(code) > 6:
        return "street" if len(code) == 9 else "community"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def parent_of(code: str) -> str | None:
    """The code one level up, ``None`` for a province (the country itself is no area here)."""
    match level_of(code):
        case "community":
            return code[:9]
        case "street":
            return code[:6]
        case "district":
            return code[:4] + "00"
        case "city":
            return code[:2] + "0000"
        case _:
            return None


def _parse(text: str) -> dict[str, Area]:
    rows = csv.DictReader(text.splitlines())
    return {
        row["code"]: Area(row["code"], row["name"], level_of(row["code"]), parent_of(row["code"]))
        for row in rows
        if row["code"] != COUNTRY
    }


@cache
def national_areas() -> dict[str, Area]:
    """Every province, city, district and street of China by code, in the order of codes."""
    packed = files("demo_city").joinpath("data/divisions.csv.gz").read_bytes()
    return _parse(gzip.decompress(packed).decode())


@cache
def city_areas() -> dict[str, Area]:
    """The demo city by code: its province, itself, 9 districts, 79 streets, 788 communities."""
    listed = files("demo_city").joinpath("data/communities.csv").read_text(encoding="utf-8")
    national = {
        code: area
        for code, area in national_areas().items()
        if code == DEMO_PROVINCE or code.startswith(DEMO_CITY[:4])
    }
    return national | _parse(listed)


def of_level(areas: dict[str, Area], level: str) -> list[Area]:
    """The areas of one level, in the order of codes."""
    return [area for area in areas.values() if area.level == level]
