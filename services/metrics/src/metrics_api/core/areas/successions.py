"""Codes of another time: which areas stand for a code on a day on which it is not there itself.

An organization keeps the division code it was registered under. Once that has ended its successors
stand for it; before it began, what it succeeded. This is the router's rule (docs/contracts.md), so
that an organization counts where its decision places it.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import NamedTuple


class Succession(NamedTuple):
    """From `valid_from` on, `code` stands (alone or with others) for an area that was before."""

    code: str
    valid_from: date


class Successions:
    """All successions of one directory; `begins` tells the first day of each code it knows."""

    def __init__(self, begins: Mapping[str, date], after: Iterable[tuple[str, Succession]]) -> None:
        self._begins = begins
        self._after: dict[str, set[Succession]] = defaultdict(set)
        self._before: dict[str, set[Succession]] = defaultdict(set)
        for code, heir in after:
            self._after[code].add(heir)
            self._before[heir.code].add(Succession(code, heir.valid_from))

    @property
    def days(self) -> set[date]:
        """The days on which one of them takes hold."""
        return {heir.valid_from for heirs in self._after.values() for heir in heirs}

    def standing_for(self, code: str, day: date, there: Container[str]) -> set[str]:
        """The areas among those `there` on `day` that stand for `code`, which is not there.

        Several where it was split or merged; none where it ended without a successor, or was never
        known. A circle of successors ends.
        """
        begins = self._begins.get(code)
        forward = begins is None or begins <= day
        codes: set[str] = set()
        visited, waiting = {code}, [code]
        while waiting:
            for other in self._next(waiting.pop(), day, forward):
                if other in visited:
                    continue
                visited.add(other)
                if other in there:
                    codes.add(other)
                else:
                    waiting.append(other)
        return codes

    def _next(self, code: str, day: date, forward: bool) -> list[str]:
        if forward:
            return [heir.code for heir in self._after.get(code, ()) if heir.valid_from <= day]
        return [before.code for before in self._before.get(code, ()) if day < before.valid_from]
