"""The demo city's directory as of 2016: its areas, and the Party bodies that supervise in them.

The shape is that of ``POST /v1/directory/imports`` of the jurisdiction router. Which bodies exist
is data (``data/bodies.toml``), because the gaps are what makes a city interesting: a district
without a health committee sends its clinics to the street.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from demo_city.territory.areas import DEMO_CITY, VALID_FROM, Area, city_areas, of_level

OFFICIAL_ENDING = re.compile(r"(社区)?(居民委员会|居委会|居委|虚拟社区)?$")


@cache
def bodies_by_level() -> dict[str, Any]:
    """The content of ``bodies.toml``: level → list of bodies to set up there."""
    text = files("demo_city").joinpath("data/bodies.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def districts_with(kind: str) -> frozenset[str]:
    """The codes of the demo city's districts that have a body of this kind."""
    every = [area.code for area in of_level(city_areas(), "district")]
    return frozenset(
        code
        for body in bodies_by_level()["district"]
        if body["kind"] == kind
        for code in body.get("districts", every)
    )


def area_row(area: Area) -> dict[str, Any]:
    """An area in the router's shape."""
    return {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parent,
        "valid_from": VALID_FROM,
        "valid_until": None,
    }


def body_row(
    area_code: str, kind: str, name: str, *, system: str | None = None, suffix: str | None = None
) -> dict[str, Any]:
    """A body in the router's shape; its id is the area, the kind and what tells it from others."""
    told_apart_by = system or suffix
    return {
        "id": f"{area_code}-{kind}" + (f"-{told_apart_by}" if told_apart_by else ""),
        "kind": kind,
        "name": name,
        "area_code": area_code,
        "system": system,
        "valid_from": VALID_FROM,
        "valid_until": None,
        "successor": None,
    }


def directory() -> dict[str, Any]:
    """``{"areas": […], "bodies": […]}`` of the demo city, parents before children."""
    areas = city_areas()
    ranked = sorted(areas.values(), key=lambda area: (len(area.code), area.parent or "", area.code))
    return {"areas": [area_row(area) for area in ranked], "bodies": list(_bodies(areas))}


def _bodies(areas: dict[str, Area]) -> Iterator[dict[str, Any]]:
    planned = bodies_by_level()
    for body in planned["city"]:
        yield body_row(
            DEMO_CITY,
            body["kind"],
            body["name"],
            system=body.get("system"),
            suffix=body.get("suffix"),
        )
    for level in ("district", "street", "community"):
        for body in planned[level]:
            for area in of_level(areas, level):
                if area.code in body.get("districts", (area.code,)):
                    name = body["name"].format(**{level: _short_name(area)})
                    yield body_row(area.code, body["kind"], name)


def _short_name(area: Area) -> str:
    """What a body is named after: a community without the 社区居民委员会 at its end.

    Where one community has several committees (紫薇社区碧湖居委会), the committee's own name.
    """
    if area.level != "community":
        return area.name
    return OFFICIAL_ENDING.sub("", area.name, count=1).rpartition("社区")[2]
