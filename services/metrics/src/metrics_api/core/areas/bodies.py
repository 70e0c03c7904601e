"""Supervising bodies over time: here for their names, kinds, areas and successors."""

from bisect import bisect_right
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from metrics_api.core.areas.dated_versions import DatedVersions


@dataclass(frozen=True, slots=True)
class BodyVersion:
    """What the directory says of one body on `[valid_from, valid_until)`; `code` is its id."""

    code: str
    kind: str
    name: str
    area_code: str | None
    successor: str | None
    valid_from: date
    valid_until: date


class BodyDirectory:
    """All versions of all bodies, as one edition knows them."""

    def __init__(self, versions: Iterable[BodyVersion]) -> None:
        self._all = tuple(versions)
        self.versions = DatedVersions(self._all)
        self._bounds = sorted({day for v in self._all for day in (v.valid_from, v.valid_until)})

    @property
    def codes(self) -> set[str]:
        """All that are known, on whatever day."""
        return {version.code for version in self._all}

    def interval(self, day: date) -> int:
        """A number that is equal for days with the same bodies."""
        return bisect_right(self._bounds, day)

    def there_on(self, day: date) -> dict[str, BodyVersion]:
        """The bodies of `day`, by id."""
        return {v.code: v for v in self._all if v.valid_from <= day < v.valid_until}

    def standing_for(self, code: str, there: Container[str], day: date) -> str | None:
        """Which of those `there` has succeeded a body that ended by `day`; None where none has."""
        visited: set[str] = set()
        current: str | None = code
        while current is not None and current not in there and current not in visited:
            visited.add(current)
            version = self.versions.nearest(current, day)
            current = version.successor if version and version.valid_until <= day else None
        return current if current is not None and current in there else None

    def __contains__(self, code: object) -> bool:
        """Whether the body is known, on whatever day."""
        return code in self.versions

    def name(self, code: str, day: date) -> str | None:
        """Its name on `day`, or the nearest before it; None for a body never heard of."""
        return self.versions.name(code, day)

    def area(self, code: str, day: date) -> str | None:
        """The division it works in on `day` or nearest before; None where it has none."""
        version = self.versions.nearest(code, day)
        return version.area_code if version else None
