"""The client behind a request: which scopes it has, and to which territory it is limited."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind a request: never a natural person's name, only a client id."""

    client: str
    scopes: frozenset[str]
    areas: tuple[str, ...] | None

    def may_see(self, *areas: str | None) -> bool:
        """Whether any of these area codes lies in the caller's territory."""
        if self.areas is None:
            return True
        return any(area.startswith(self.areas) for area in areas if area)

    def covers(self, areas: Sequence[str] | None) -> bool:
        """Whether the caller's territory contains another one; None is everywhere."""
        if self.areas is None or areas is None:
            return self.areas is None
        return all(area.startswith(self.areas) for area in areas)

    def like_patterns(self) -> list[str] | None:
        """LIKE patterns for SQL filters, None when the caller is not limited."""
        return None if self.areas is None else [f"{area}%" for area in self.areas]
