"""What an organization owes: since when, by when, under which clause.

Obligations follow from an organization's timeline and the rules of `data/obligations.yaml`, by a
pure function: nobody records them, and nobody ticks them off but by recording what happened. Each
holds over a stretch of days. The calendar alone can begin or end one (a clause takes effect, a
grade is about to lapse), so those that lie ahead are derived too; a reader asks which hold on a
day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import yaml

from registry_api.core.code_lists import list_codes
from registry_api.core.conditions import Condition, Facts, check_path, read_condition
from registry_api.core.life_events import LIFE_EVENTS
from registry_api.core.obligations.schedules import SCHEDULES, Known, Schedule
from registry_api.core.organization.fact_reading import Reader, fact_reader
from registry_api.core.organization.state import State
from registry_api.core.parameters import parameter, starts
from servicekit.errors import Text
from servicekit.time import Segment

AMENDMENTS = "amendments"

_REMEMBERED = 1 << 16
"""Stretches kept by facts: organizations of an import share most of theirs."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something owed: `kind` (code list `obligation_kind`), since when, by the end of which day.

    `due_on` None: no term is set. It holds on the days `[holds_from, until)`; `until` None: as far
    as one can see. `since` can lie before `holds_from`, where a date in the facts says so and the
    register learned of it later.
    """

    kind: str
    since: date
    due_on: date | None
    holds_from: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is owed on `day`."""
        return self.holds_from <= day and (self.until is None or day < self.until)

    def overdue_on(self, day: date) -> bool:
        """Whether its term was over before `day`."""
        return self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class _Owed:
    """What a rule says of a day: `since` None begins with the stretch; `days` counts from there."""

    since: date | None = None
    due_on: date | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A kind of obligation: when it is owed, its term, and the words it rests on.

    `paths` are what it reads, in a fixed order; on `cuts` its answer can change with no change of
    the organization.
    """

    kind: str
    when: Condition
    statuses: frozenset[str]
    start: date
    until: date
    days: str | None
    by: str | None
    schedule: Schedule | None
    clause: Text
    source: str
    basis: str
    discharge: Text
    discharged_by: tuple[str, ...]
    paths: tuple[str, ...]
    cuts: tuple[date, ...]

    def stands(self, facts: Facts, day: date) -> bool:
        """Whether it speaks of an organization with these facts on `day`."""
        if facts["status"] not in self.statuses or not self.start <= day < self.until:
            return False
        return self.when.holds(facts, day)

    def owed(self, facts: Facts, day: date, known: Known) -> _Owed | None:
        """What is owed on `day` where it stands, None for nothing."""
        if self.schedule is not None:
            term = self.schedule.term(facts, known)
            return None if term is None else _Owed(*term)
        return _Owed(due_on=self._value(self.by, day), days=self._value(self.days, day))

    def _value(self, name: str | None, day: date) -> Any:
        dated = parameter(name, day) if name else None
        return dated.value if dated else None


def obligations_of(timeline: Sequence[Segment]) -> list[Obligation]:
    """Everything owed at any time, past and ahead; `timeline` is whole, of complete states."""
    read = _reader()
    segments = [(segment.start, read(segment.state)) for segment in timeline]
    obligations: list[Obligation] = []
    for place, rule in enumerate(rules().values()):
        obligations += _stretches(rule, tuple((start, facts[place]) for start, facts in segments))
    return obligations


def obligations_ahead(timeline: Sequence[Segment]) -> list[Obligation]:
    """What is owed on some day from the start of the last segment on.

    It is all that a work list needs as long as nothing new is recorded.
    """
    last = timeline[-1].start
    return [o for o in obligations_of(timeline) if o.until is None or o.until > last]


def obligations_from(state: State, day: date) -> list[Obligation]:
    """What an organization owes that the register knows from `day` on, always in this state."""
    return obligations_of([Segment(day, None, state)])


def obligations_on(timeline: Sequence[Segment], day: date) -> list[Obligation]:
    """What is owed on `day`, the most urgent first."""
    standing = [o for o in obligations_of(timeline) if o.holds_on(day)]
    return sorted(standing, key=lambda o: o.due_on or date.max)


@lru_cache(_REMEMBERED)
def _stretches(
    rule: Rule, segments: tuple[tuple[date, tuple[Any, ...]], ...]
) -> tuple[Obligation, ...]:
    """A rule's obligations over segments of (first day, facts in the order of its paths)."""
    cells = list(_cells(rule, segments))
    runs = [(owed, next(run)) for owed, run in groupby(cells, key=lambda cell: cell[2])]
    ends = [begun for _, (begun, _, _) in runs[1:]]
    stretches = (
        _obligation(rule.kind, owed, begun, by_calendar, until)
        for (owed, (begun, by_calendar, _)), until in zip(runs, [*ends, None], strict=True)
        if owed is not None
    )
    return tuple(o for o in stretches if o.until is None or o.holds_from < o.until)


def _cells(
    rule: Rule, segments: tuple[tuple[date, tuple[Any, ...]], ...]
) -> Iterator[tuple[date, bool, _Owed | None]]:
    """The stretches of days on which neither facts nor rules change.

    Each as (first day, whether the calendar alone began it, what is owed).
    """
    paths, cuts, first = rule.paths, rule.cuts, segments[0][0]
    ends = [start for start, _ in segments[1:]]
    since: date | None = None
    for (start, values), until in zip(segments, [*ends, date.max], strict=True):
        facts = dict(zip(paths, values, strict=True))
        for day in (start, *(cut for cut in cuts if start < cut < until)):
            since = (since or day) if rule.stands(facts, day) else None
            owed = rule.owed(facts, day, Known(first, since)) if since else None
            yield day, day != start, owed


def _obligation(
    kind: str, owed: _Owed, begun: date, by_calendar: bool, until: date | None
) -> Obligation:
    since = owed.since or begun
    if by_calendar:
        since = max(since, begun)
    due_on = owed.due_on
    if owed.days is not None:
        due_on = since + timedelta(days=owed.days)
    elif owed.since is None and due_on is not None and due_on < since:
        due_on = None
    return Obligation(kind, since, due_on, max(since, begun), until)


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by kind, in the order of the data file. Raises ValueError for what is wrong."""
    source = files("registry_api").joinpath("data/obligations.yaml").read_text("utf-8")
    read = {kind: read_rule(kind, raw) for kind, raw in yaml.safe_load(source).items()}
    if sorted(read) != sorted(list_codes("obligation_kind")):
        raise ValueError("obligations.yaml and the code list obligation_kind differ")
    return read


def read_rule(kind: str, raw: Mapping[str, Any]) -> Rule:
    """A rule from the data file. Raises ValueError (KeyError for a missing member)."""
    due = raw["due"] or {}
    unknown = due.keys() - {"days", "by", "schedule"}
    if unknown or len(due) > 1:
        raise ValueError(f"{kind}: due is one of days, by, schedule")
    statuses = frozenset(raw["while"])
    if not statuses <= {*list_codes("organization_status")}:
        raise ValueError(f"{kind}: no such status in {sorted(statuses)}")
    events = {AMENDMENTS, *(event.path for event in LIFE_EVENTS)}
    if not {*raw["discharged_by"]} <= events:
        raise ValueError(f"{kind}: no such event in {raw['discharged_by']}")
    when = read_condition(raw["when"])
    schedule = SCHEDULES[due["schedule"]] if "schedule" in due else None
    days, by = due.get("days"), due.get("by")
    start, until = raw.get("from", date.min), raw.get("until", date.max)
    paths = {"status"} | when.paths | (schedule.paths if schedule else frozenset())
    for path in paths:
        check_path(path)
    parameters = [*when.parameters, *(name for name in (days, by) if name)]
    return Rule(
        kind=kind,
        when=when,
        statuses=statuses,
        start=start,
        until=until,
        days=days,
        by=by,
        schedule=schedule,
        clause=Text(**raw["clause"]),
        source=raw["source"],
        basis=raw["basis"],
        discharge=Text(**raw["discharge"]),
        discharged_by=tuple(raw["discharged_by"]),
        paths=tuple(sorted(paths)),
        cuts=tuple(sorted({start, until}.union(*map(starts, parameters)))),
    )


@cache
def _reader() -> Reader:
    return fact_reader([rule.paths for rule in rules().values()])
