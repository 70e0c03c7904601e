"""What areas and bodies are called, on any day."""

from collections.abc import Iterable
from datetime import date
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """A version of something with a code, a name, and a first day."""

    @property
    def code(self) -> str:
        """What it is known by."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def valid_from(self) -> date:
        """The first day on which it is so."""


Version = TypeVar("Version", bound=Named)


class DatedVersions(Generic[Version]):
    """The versions of all codes that are known on whatever day."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self._versions: dict[str, list[Version]] = {}
        for version in sorted(versions, key=lambda v: v.valid_from):
            self._versions.setdefault(version.code, []).append(version)

    def __contains__(self, code: object) -> bool:
        """Whether the code is known, on whatever day."""
        return code in self._versions

    def nearest(self, code: str, day: date) -> Version | None:
        """The version of `day`, or the nearest before, else the first; None if never heard of."""
        versions = self._versions.get(code)
        if not versions:
            return None
        begun = [version for version in versions if version.valid_from <= day]
        return (begun or versions[:1])[-1]

    def name(self, code: str, day: date) -> str | None:
        """The name of the version that is `nearest`."""
        version = self.nearest(code, day)
        return version.name if version else None
