"""An organization's assignment timeline: who supervises it, period by period.

A pure function of the organization's facts over time, the rule sets and the directory. Nothing can
change between two neighbouring boundaries (of the facts, of the rule sets, or of the directory on
the organization's way up), so one decision per piece is exact; a property-based test holds it equal
to asking every single day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

from jurisdiction_router.core.deciding.decider import Decider
from jurisdiction_router.core.deciding.decision import (
    Decision,
    outside_every_scope,
    plainly_outside,
)
from jurisdiction_router.core.deciding.designation import Override, designated, designation_dates
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.outcomes import Outcomes
from jurisdiction_router.core.directory.directory import Directory, DirectoryView, Party
from jurisdiction_router.core.periods import boundaries, holds_on, pieces
from jurisdiction_router.core.rules.facts import FactPeriod, Facts
from jurisdiction_router.core.rules.rule_set import OUT_OF_SCOPE, RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from servicekit.time import Period, merge

MAX_REMEMBERED: Final = 20_000
"""Decisions with their documents kept in memory (some 20 KB each)."""


_PlacePeriod = tuple[date, date | None, Outcomes | None, bool]
"""What decides over a period in some places, and whether a rule set is ever in force there."""


class Jurisdiction:
    """The rule sets and the directory, ready to be asked about many organizations.

    Immutable: build a new one when a rule set, a body or an area changes. Decisions are remembered
    per distinct facts, rule set and stretch of directory time, so a batch explains each case once.
    """

    def __init__(
        self, rule_sets: Iterable[RuleSet], directory: Directory, vocabulary: Vocabulary
    ) -> None:
        self.rule_sets = tuple(sorted(rule_sets, key=lambda rule_set: rule_set.id))
        self.directory = directory
        self._vocabulary = vocabulary
        self._deciders = {r.id: Decider(Engine(r), vocabulary) for r in self.rule_sets}
        self._scoped = {
            scope: [r for r in self.rule_sets if r.scope == scope]
            for scope in {r.scope for r in self.rule_sets}
        }
        self._rule_set_dates = boundaries(self.rule_sets)
        self._views: dict[date, DirectoryView] = {}
        self._decisions: dict[tuple[str | None, Facts, date], Decision] = {}
        self._known_places: dict[tuple[str | None, str | None], list[_PlacePeriod]] = {}
        self._access_areas: dict[
            tuple[str | None, str | None], list[tuple[date, date | None, str]]
        ] = {}

    def with_directory(self, directory: Directory) -> "Jurisdiction":
        """Return the jurisdiction that has this directory instead."""
        return Jurisdiction(self.rule_sets, directory, self._vocabulary)

    def with_rule_sets(self, rule_sets: Iterable[RuleSet]) -> "Jurisdiction":
        """Return the jurisdiction that has these rule sets instead."""
        other = Jurisdiction(rule_sets, self.directory, self._vocabulary)
        other._views = self._views  # of the same directory: its paths are walked once
        return other

    def timeline(
        self, periods: Sequence[FactPeriod], overrides: Sequence[Override] = ()
    ) -> list[Period[Decision]]:
        """Return the assignment timeline of one organization.

        In: its facts, as ordered, non-overlapping periods, None where it has ceased; its overrides,
        of which no two hold on one day. Out: ordered segments. Absent from them: days before a rule
        set of its territory is in force, unless a body is designated then, and days on which the
        organization is deregistered or revoked.
        """
        segments: list[Period[Decision]] = []
        designations = designation_dates(overrides, self.directory)
        for period in periods:
            facts = period.value
            if facts is None:
                continue
            changes = self._directory_dates(facts)
            cuts = sorted(changes | self._rule_set_dates | designations)
            for piece in period.pieces(cuts):
                start = piece.start
                decision = self._decide_since(facts, start, changes)
                override = next((o for o in overrides if holds_on(o, start)), None)
                if override is not None:
                    decision = self._designated(decision, facts, override, start)
                if decision is not None:
                    segments.append(Period(start, piece.until, decision))
        return merge(segments, key=attrgetter("digest"))

    def _designated(
        self, by_rule: Decision | None, facts: Facts, override: Override, day: date
    ) -> Decision | None:
        """Return what an override makes of a decision; nothing, once its body has gone for good."""
        body = self._view(day).body(override.body_id)
        if body is None:
            return by_rule
        known = by_rule or outside_every_scope(facts, self._vocabulary)
        return designated(known, by_rule is not None, override, body)

    def decide(self, facts: Facts, day: date) -> Decision | None:
        """Decide for one day; None when the territory's rule set is not in force on it."""
        return self._decide_since(facts, day, self._directory_dates(facts))

    def decide_plainly(self, facts: Facts, day: date) -> dict[str, Any] | None:
        """Decide for one day without trace, flip and explanation: a document; None as `decide`."""
        view = self._view(_latest(self._directory_dates(facts), day))
        rule_set, ever = self._rule_set_on(facts, day, view)
        if rule_set is None:
            return None if ever else plainly_outside(facts)
        return self._deciders[rule_set.id].decide_plainly(facts, view)

    def answers(
        self, facts: Facts
    ) -> Iterator[tuple[date, date | None, tuple[str, Party | None] | None]]:
        """Yield outcome and supervising body for `facts`, stretch by stretch over all time.

        Without documents, and nothing is remembered per facts: for whole registers. None where
        the territory's rule set is not in force. Neighbours may be equal.
        """
        for start, end, outcomes, ever in self._place_periods(facts):
            if outcomes is not None:
                (verdict,) = outcomes.of([facts])
                yield start, end, (verdict.outcome, verdict.supervising)
            else:
                yield start, end, None if ever else (OUT_OF_SCOPE, None)

    def access_areas(self, facts: Facts) -> list[tuple[date, date | None, str]]:
        """Return the access area for `facts` over all time: that of `Decision.area`, dated."""
        places = facts.domicile, facts.registering
        known = self._access_areas.get(places)
        if known is None:
            if len(self._access_areas) >= MAX_REMEMBERED:
                self._access_areas.clear()
            known = self._access_areas[places] = []
            code = facts.domicile or facts.registering
            changes = self._directory_dates(facts)
            for start, end, outcomes, ever in self._place_periods(facts):
                around = self._view(_latest(changes, start)).path(code).codes()
                outside = outcomes is None and not ever
                area = code or "" if outside or not around else around[0]
                if known and known[-1][2] == area:
                    known[-1] = known[-1][0], end, area
                else:
                    known.append((start, end, area))
        return known

    def access_area(self, facts: Facts, day: date) -> str:
        """Return the access area for `facts` on a day."""
        areas = self.access_areas(facts)
        return next(area for _, end, area in areas if end is None or day < end)

    def _place_periods(self, facts: Facts) -> list[_PlacePeriod]:
        """Return what decides for these places over all time; few organizations differ in them."""
        places = facts.domicile, facts.registering
        known = self._known_places.get(places)
        if known is None:
            if len(self._known_places) >= MAX_REMEMBERED:
                self._known_places.clear()
            known = self._known_places[places] = []
            changes = self._directory_dates(facts)
            for start, end in pieces(date.min, None, sorted(changes | self._rule_set_dates)):
                view = self._view(_latest(changes, start))
                rule_set, ever = self._rule_set_on(facts, start, view)
                outcomes = self._deciders[rule_set.id].on(view) if rule_set else None
                known.append((start, end, outcomes, ever))
        return known

    def _rule_set_on(
        self, facts: Facts, day: date, view: DirectoryView
    ) -> tuple[RuleSet | None, bool]:
        """Return the rule set in force where the organization is, and whether one ever is.

        The domicile's territory comes first, then the registering authority's. The most specific
        scope wins; of two with the same scope, the one that started later.
        """
        ever = False
        for place in (facts.domicile, facts.registering):
            for code in view.path(place).codes():
                scoped = self._scoped.get(code, ())
                ever = ever or bool(scoped)
                in_force = [rule_set for rule_set in scoped if holds_on(rule_set, day)]
                if in_force:
                    return max(in_force, key=lambda r: (r.valid_from, r.id)), True
        return None, ever

    def _decide_since(self, facts: Facts, day: date, changes: set[date]) -> Decision | None:
        # Around the organization the directory has stood still since the last change: that day
        # stands for this one, so that a batch needs few views and few decisions.
        since = _latest(changes, day)
        rule_set, ever = self._rule_set_on(facts, day, self._view(since))
        if rule_set is None and ever:
            return None
        key = (rule_set.id if rule_set else None, facts, since)
        decision = self._decisions.get(key)
        if decision is None:
            if len(self._decisions) >= MAX_REMEMBERED:
                self._decisions.clear()
            if rule_set is None:
                decision = outside_every_scope(facts, self._vocabulary)
            else:
                decision = self._deciders[rule_set.id].decide(facts, self._view(since))
            self._decisions[key] = decision
        return decision

    def _directory_dates(self, facts: Facts) -> set[date]:
        directory = self.directory
        return set(directory.breakpoints(facts.domicile) | directory.breakpoints(facts.registering))

    def _view(self, day: date) -> DirectoryView:
        view = self._views.get(day)
        if view is None:
            view = self._views[day] = self.directory.on(day)
        return view


def _latest(changes: Iterable[date], day: date) -> date:
    return max((change for change in changes if change <= day), default=date.min)
