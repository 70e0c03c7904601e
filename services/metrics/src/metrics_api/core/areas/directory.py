"""The router's directory over knowledge: the areas, bodies and rule sets each edition believed."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from metrics_api.core.areas.areas import AreaDirectory, AreaVersion
from metrics_api.core.areas.bodies import BodyDirectory, BodyVersion
from metrics_api.core.areas.bodies_beneath import Lines, counted_under
from metrics_api.core.areas.rule_sets import RuleSetVersion

Version = TypeVar("Version", AreaVersion, BodyVersion, RuleSetVersion)


@dataclass(frozen=True, slots=True)
class Believed(Generic[Version]):
    """A version of one of these, and the editions `[since, until)` that believed it."""

    version: Version
    since: int
    until: int | None

    def at(self, edition: int) -> bool:
        """Whether `edition` believed it."""
        return self.since <= edition and (self.until is None or edition < self.until)


@dataclass(frozen=True, slots=True)
class Directory:
    """Areas, bodies and rule sets as one edition believes them."""

    areas: AreaDirectory
    bodies: BodyDirectory
    rule_sets: tuple[RuleSetVersion, ...] = ()
    lines: Lines = field(default_factory=dict)
    _under: dict[tuple[str, int, int], frozenset[str]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def under_body(self, top: str, day: date) -> frozenset[str]:
        """The bodies whose organizations count under `top` on `day`; kept per interval of days."""
        key = (top, self.bodies.interval(day), self.areas.interval(day))
        bodies = self._under.get(key)
        if bodies is None:
            bodies = counted_under(top, self.bodies, self.areas.on(day), self.lines, day)
            self._under[key] = bodies
        return bodies


class DirectoryHistory:
    """All three over both times; directories are made once per interval of editions."""

    def __init__(
        self,
        areas: Sequence[Believed[AreaVersion]],
        bodies: Sequence[Believed[BodyVersion]],
        rule_sets: Sequence[Believed[RuleSetVersion]] = (),
        lines: Lines | None = None,
    ) -> None:
        self._lines = lines or {}
        self._areas = areas
        self._bodies = bodies
        self._rule_sets = rule_sets
        self._bounds = sorted({*_bounds(areas), *_bounds(bodies), *_bounds(rule_sets)})
        self._directories: dict[int, Directory] = {}

    def at(self, edition: int) -> Directory:
        """The directory as `edition` believed it; the same object while nothing changed."""
        interval = bisect_right(self._bounds, edition)
        directory = self._directories.get(interval)
        if directory is None:
            directory = self._directories[interval] = Directory(
                AreaDirectory(item.version for item in self._areas if item.at(edition)),
                BodyDirectory(item.version for item in self._bodies if item.at(edition)),
                tuple(item.version for item in self._rule_sets if item.at(edition)),
                self._lines,
            )
        return directory


def _bounds(items: Iterable[Believed[Version]]) -> set[int]:
    since = {item.since for item in items}
    return since | {item.until for item in items if item.until is not None}
