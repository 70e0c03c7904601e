"""Names of the places and bodies that a page speaks of."""

from dataclasses import dataclass
from datetime import date

from metrics_api.core.areas.areas import AreaHierarchy
from metrics_api.core.definitions.dimensions import AREA_LEVELS, AreaLevel
from metrics_api.core.facts.edition import Edition
from metrics_api.counting.copy.live_copy import LiveCopy


@dataclass(frozen=True, slots=True)
class Place:
    """An area by its code and its name on the day."""

    code: str
    name: str


class PlaceNames:
    """Reads the directory that the counts themselves rest on; `top_level` is where pages begin."""

    def __init__(self, live: LiveCopy, top_level: AreaLevel) -> None:
        self._live = live
        self._top = AREA_LEVELS.index(top_level)

    @property
    def newest(self) -> Edition:
        """The edition that answers come from now."""
        return self._live.served.edition

    def hierarchy(self, edition: int, day: date) -> AreaHierarchy:
        """The areas of `day` as `edition` knows them."""
        return self._live.served.directory.at(edition).areas.on(day)

    def body(self, code: str, edition: int, day: date) -> str:
        """The name of a supervising body, its id where the directory does not know it."""
        return self._live.served.directory.at(edition).bodies.name(code, day) or code

    def path(self, codes: tuple[str, ...], hierarchy: AreaHierarchy) -> list[Place]:
        """The one area that is looked at, after those above it up to the top level.

        Several stand side by side. Areas above that the directory does not tell of are left out:
        the digits alone have no name.
        """
        if len(codes) != 1:
            return [Place(code, hierarchy.name(code) or code) for code in codes]
        path = hierarchy.path(codes[0])[self._top :]
        above = [code for code in path if code and code != codes[0]]
        named = [(code, hierarchy.name(code)) for code in above]
        known = [Place(code, name) for code, name in named if name]
        return [*known, Place(codes[0], hierarchy.name(codes[0]) or codes[0])]

    def level_below(self, codes: tuple[str, ...], hierarchy: AreaHierarchy) -> AreaLevel | None:
        """The level at which to show areas: the one under the area looked at, if it has one."""
        if len(codes) != 1:
            return AREA_LEVELS[self._top]
        path = hierarchy.path(codes[0])
        depth = next((i for i, code in enumerate(path) if code == codes[0]), None)
        if depth is None:
            return AREA_LEVELS[self._top]
        return AREA_LEVELS[depth + 1] if depth + 1 < len(AREA_LEVELS) else None
