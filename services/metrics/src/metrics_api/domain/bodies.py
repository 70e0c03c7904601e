"""Supervising bodies over time: here only for their names, kinds and areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from metrics_api.domain.dated_versions import DatedVersions


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
        self.versions = DatedVersions(versions)

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
