"""The fast path: whole registers decided without a trace, on one date.

Facts are taken apart into what few organizations differ in. The attributes choose a *plan*: the
rule, and which of its candidates remain to be looked for. The two places give the areas around
the organization. A plan with the areas it looks at has one verdict, found once and shared. What is
left for each organization is three look-ups.

Facts that wait for a missing one go the engine's way. A verdict of here lacks the steps, and its
business supervisor is still without a name: `Verdict.naming` fills that in.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple

from jurisdiction_router.core.deciding.candidate_search import Areas, Plan, Search, Values
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.verdict import (
    BY_RULE,
    MISSING_FACTS,
    NO_BODY,
    UNNAMED,
    Verdict,
)
from jurisdiction_router.core.directory.directory import DirectoryView, Party
from jurisdiction_router.core.rules.facts import ATTRIBUTE_SLICE, PLACE_SLICE, Facts
from jurisdiction_router.core.rules.rule_set import ASSIGNED, NEEDS_DECISION
from servicekit.bounded_cache import FillingCache

_NO_NAME: Final = slice(Facts._fields.index("supervisor_name"))


_Verdicts = Mapping[Areas, Verdict]


class Outcomes:
    """A rule set on one date, ready for whole registers. What it remembers changes no answer."""

    def __init__(self, engine: Engine, view: DirectoryView) -> None:
        self._engine = engine
        self._view = view
        self.by_plan: FillingCache[Plan, _Verdicts] = FillingCache(self._verdicts)
        """The verdicts of each plan, by the areas it picks."""
        self._cases: FillingCache[Values, _Case] = FillingCache(self._case)
        self._waiting: FillingCache[Values, Verdict] = FillingCache(self._decided)

    def verdict(self, facts: Facts) -> Verdict:
        """Decide for one tuple of facts: the engine's verdict without its steps."""
        return self.of([facts])[0].naming(facts.supervisor_name)

    def of(self, questions: Iterable[Facts]) -> list[Verdict]:
        """Decide for many, in their order; equal verdicts are one object.

        A business supervisor that assists is in it without its name.
        """
        cases, around, waiting = self._cases, self._view.around, self._waiting
        tuples: Iterable[tuple[str | None, ...]] = questions
        return [
            verdict[pick(around[facts[PLACE_SLICE]])] if pick else waiting[facts[_NO_NAME]]
            for facts in tuples
            for pick, verdict in (cases[facts[ATTRIBUTE_SLICE]],)
        ]

    def _case(self, attributes: Values) -> "_Case":
        plan = self._engine.plan(attributes)
        return _WAITING if plan is None else _Case(plan.pick, self.by_plan[plan])

    def _verdicts(self, plan: Plan) -> _Verdicts:
        return FillingCache(partial(_verdict, plan, self._view.parties))

    def _decided(self, known: Values) -> Verdict:
        # An empty name is a supervisor's without one: the place that `naming` fills.
        facts = Facts(*known)._replace(supervisor_name="")
        return self._engine.verdict(facts, self._view)._replace(steps=())


class _Case(NamedTuple):
    """Which areas a plan looks at, and its verdicts by those; no `pick`: a fact is missing."""

    pick: Callable[[Areas], Areas] | None
    found: _Verdicts


_SUPERVISOR: Final = (UNNAMED,)
_WAITING: Final = _Case(None, {})

Parties = Mapping[tuple[str, str, str | None], Party | None]
"""By kind, area and system: the one body there."""


def _verdict(plan: Plan, parties: Parties, areas: Areas) -> Verdict:
    """Carry out a plan in the areas it looks at."""
    supervising: Party | None = None
    outcome, reason = plan.rule.outcome, BY_RULE
    missing: tuple[str, ...] = ()
    for kind, number, system, fact in plan.supervising:
        area = areas[number]
        if area is None:
            outcome, reason, missing = NEEDS_DECISION, MISSING_FACTS, (fact,)
            break
        supervising = parties[kind, area, system]
        if supervising is not None:
            break
    else:
        if outcome == ASSIGNED:
            outcome, reason = NEEDS_DECISION, NO_BODY
    assisting = _bodies(plan.assisting, parties, areas)
    if assisting is not _SUPERVISOR and supervising in assisting:
        assisting = tuple(party for party in assisting if party != supervising)
    notified = _bodies(plan.notified, parties, areas)
    return Verdict(outcome, reason, plan.rule, supervising, assisting, notified, (), (), missing)


def _bodies(searches: Iterable[Search | None], parties: Parties, areas: Areas) -> tuple[Party, ...]:
    """Return every body that is there, each once."""
    if not searches:
        return ()
    if searches == (None,):
        return _SUPERVISOR
    bodies: list[Party] = []
    for search in searches:
        if search is None:
            bodies.append(UNNAMED)
            continue
        kind, number, system, _ = search
        area = areas[number]
        party = None if area is None else parties[kind, area, system]
        if party is not None and party not in bodies:
            bodies.append(party)
    return tuple(bodies)
