"""Supervising bodies over time: here only for their names, kinds and areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


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
        self._versions: dict[str, list[BodyVersion]] = {}
        for version in sorted(versions, key=lambda v: v.valid_from):
            self._versions.setdefault(version.code, []).append(version)

    def __contains__(self, code: object) -> bool:
        """Whether the body is known, on whatever day."""
        return code in self._versions

    def name(self, code: str, day: date) -> str | None:
        """Its name on `day`, or the nearest before it; None for a body never heard of."""
        version = self._version(code, day)
        return version.name if version else None

    def area(self, code: str, day: date) -> str | None:
        """The division it works in, of the same version; None where it has none."""
        version = self._version(code, day)
        return version.area_code if version else None

    def _version(self, code: str, day: date) -> BodyVersion | None:
        versions = self._versions.get(code)
        if not versions:
            return None
        begun = [version for version in versions if version.valid_from <= day]
        return (begun or versions[:1])[-1]
