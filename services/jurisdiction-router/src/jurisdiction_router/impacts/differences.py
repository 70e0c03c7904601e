"""What another jurisdiction would change: who would be supervised by whom instead.

Compared are answers: the outcome and the supervising body. Another rule, clause or name for the
same body is no move. The comparison is made once per distinct facts and over all time; clipping it
to each organization's own periods is set arithmetic, which the database does best.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from jurisdiction_router.core.deciding.decision import Decision
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.directory import Party
from jurisdiction_router.core.periods import pieces
from jurisdiction_router.core.rules.facts import Facts
from servicekit.time import Period, boundaries, merge, period_on

MAX_COMPARED: Final = 10_000
"""Pairs of answers over all time whose comparison is kept in memory."""


class Answer(NamedTuple):
    """Who supervises, if anyone does."""

    outcome: str
    supervising: Party | None

    def key(self) -> tuple[str, str | None]:
        """What makes two answers the same: a body that is renamed is still that body."""
        return (self.outcome, self.supervising.id if self.supervising else None)

    def document(self) -> dict[str, Any]:
        """The answer as the API shows it."""
        supervising = self.supervising._asdict() if self.supervising else None
        return {"outcome": self.outcome, "supervising": supervising}


class Change(NamedTuple):
    """Organizations with these facts move over `[valid_from, valid_until)`."""

    valid_from: date
    valid_until: date | None
    before: Answer | None
    after: Answer | None

    def key(self) -> tuple[Any, Any]:
        """From whom to whom."""
        return (self.before and self.before.key(), self.after and self.after.key())


Answers = tuple[tuple[date, date | None, tuple[str, Party | None] | None], ...]
"""What a jurisdiction answers over all time, as `Jurisdiction.answers` yields it."""


def changes(before: Jurisdiction, after: Jurisdiction, facts: Facts) -> tuple[Change, ...]:
    """Return what changes for organizations with `facts`, as ordered periods."""
    return _changes(tuple(before.answers(facts)), tuple(after.answers(facts)))


@lru_cache(maxsize=MAX_COMPARED)
def _changes(before: Answers, after: Answers) -> tuple[Change, ...]:
    """Compare answers; whole districts have the same, hence the cache."""
    old, new = _periods(before), _periods(after)
    differences: list[Change] = []
    i = j = 0
    start = date.min
    while True:
        one, other = old[i], new[j]
        ends = [end for end in (one.until, other.until) if end is not None]
        end = min(ends, default=None)
        if _key(one.value) != _key(other.value):
            _append(differences, Change(start, end, one.value, other.value))
        if end is None:
            return tuple(differences)
        i += one.until == end
        j += other.until == end
        start = end


def _periods(answers: Answers) -> list[Period[Answer | None]]:
    """Return the answers from the first day on, without a gap; equal neighbours joined."""
    periods = (
        Period(start, end, None if answer is None else Answer(*answer))
        for start, end, answer in answers
    )
    return merge(periods, key=_key, keep="last")


class Placed(NamedTuple):
    """A change while the organization lies in these access areas, before and after it."""

    change: Change
    area: str
    area_after: str


def placed(
    before: Jurisdiction, after: Jurisdiction, facts: Facts, differences: Iterable[Change]
) -> Iterator[Placed]:
    """Cut changes for organizations with `facts` wherever an access area changes."""
    old, new = before.access_areas(facts), after.access_areas(facts)
    cuts = sorted({start for start, _, _ in (*old, *new)})
    for change in differences:
        for start, end in pieces(change.valid_from, change.valid_until, cuts):
            piece = change._replace(valid_from=start, valid_until=end)
            yield Placed(piece, _area_on(old, start), _area_on(new, start))


def placed_by_timelines(
    old: Sequence[Period[Decision]], new: Sequence[Period[Decision]]
) -> list[Placed]:
    """Return what changes from one whole assignment timeline to another, overrides and all."""
    pieces: list[Placed] = []
    cuts = sorted(boundaries([*old, *new]))
    for start, end in zip(cuts, [*cuts[1:], None], strict=False):
        one, other = period_on(old, start), period_on(new, start)
        before, after = _answer_of(one), _answer_of(other)
        if _key(before) == _key(after):
            continue
        area = next(s.value.area() for s in (one, other) if s is not None)
        area_after = next(s.value.area() for s in (other, one) if s is not None)
        piece = Placed(Change(start, end, before, after), area, area_after)
        last = pieces[-1] if pieces else None
        if last is not None and _is_same(last, piece):
            piece = piece._replace(change=piece.change._replace(valid_from=last.change.valid_from))
            pieces[-1] = piece
        else:
            pieces.append(piece)
    return pieces


def _is_same(last: Placed, piece: Placed) -> bool:
    return (
        last.change.valid_until == piece.change.valid_from
        and last.change.key() == piece.change.key()
        and last[1:] == piece[1:]
    )


def _answer_of(segment: Period[Decision] | None) -> Answer | None:
    if segment is None:
        return None
    supervising = segment.value.document["supervising"]
    return Answer(segment.value.outcome, Party(**supervising) if supervising else None)


def _area_on(areas: Iterable[tuple[date, date | None, str]], day: date) -> str:
    return next(area for _, end, area in areas if end is None or day < end)


def _append(differences: list[Change], change: Change) -> None:
    last = differences[-1] if differences else None
    if last is not None and last.valid_until == change.valid_from and last.key() == change.key():
        differences[-1] = change._replace(valid_from=last.valid_from)
    else:
        differences.append(change)


def _key(answer: Answer | None) -> tuple[str, str | None] | None:
    return None if answer is None else answer.key()


class Flow(NamedTuple):
    """How many organizations go from one answer to another."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    organizations: int


def balance_of_bodies(flows: Iterable[Flow]) -> list[dict[str, Any]]:
    """What each body gains and loses, the largest sum first; what has none is not in it."""
    gained: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    bodies: dict[str, dict[str, Any]] = {}
    for flow in flows:
        for answer, sums in ((flow.before, lost), (flow.after, gained)):
            body = answer and answer["supervising"]
            if body:
                bodies[body["id"]] = body
                sums[body["id"]] += flow.organizations
    return [
        {"body": bodies[key], "gained": gained[key], "lost": lost[key],
         "net": gained[key] - lost[key]}
        for key in sorted(bodies, key=lambda key: (-(gained[key] + lost[key]), key))
    ]  # fmt: skip


def balance_of_outcomes(flows: Iterable[Flow]) -> list[dict[str, Any]]:
    """What each outcome gains and loses; `null` stands for no assignment at all."""
    gained: dict[str | None, int] = defaultdict(int)
    lost: dict[str | None, int] = defaultdict(int)
    for flow in flows:
        before = flow.before["outcome"] if flow.before else None
        after = flow.after["outcome"] if flow.after else None
        if before != after:
            lost[before] += flow.organizations
            gained[after] += flow.organizations
    return [
        {"outcome": outcome, "gained": gained[outcome], "lost": lost[outcome],
         "net": gained[outcome] - lost[outcome]}
        for outcome in sorted({*gained, *lost}, key=str)
    ]  # fmt: skip
