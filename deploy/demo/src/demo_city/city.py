"""The demo city: 10,100 organizations as of 2015-12-31, on Shenzhen's streets."""

from collections.abc import Iterator
from typing import Any

from demo_city.invention.inventor import Inventor
from demo_city.invention.joint_branches import join_neighbours
from demo_city.invention.profiles import profiles
from demo_city.territory.places import CityMap

CITY_SEED = 20151231
CITY_LETTER = "Y"


def organizations() -> Iterator[dict[str, Any]]:
    """Yields the city's organizations in the order in which they were registered.

    Always the same 5,115 social associations, 4,803 private non-enterprise units and 182
    foundations, each a document of the registry without ``id`` and ``revision``.
    """
    inventor = Inventor(CITY_SEED, CITY_LETTER)
    city_map = CityMap()
    documents = [
        inventor.invent(
            profile,
            city_map.draw(inventor.chance),
            domicile=serial >= profile.without_domicile,
            typed=not 0 <= serial - profile.without_domicile < profile.without_type,
        )
        for profile in profiles()
        for serial in range(profile.count)
    ]
    documents.sort(key=lambda it: (it["registration"]["registered_on"], it["name"]))
    join_neighbours(documents, lambda: inventor.company(city_map.draw(inventor.chance)))
    yield from documents
