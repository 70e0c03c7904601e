"""The fast path: whole registers decided without a trace, on one date.

Facts are taken apart into what few organizations differ in. The attributes choose a *plan*: the
rule, and which of its candidates remain to be looked for. The two places give the areas around
the organization. A plan with the areas it looks at has one verdict, found once and shared. What is
left for each organization is three look-ups.

Facts that wait for a missing one go the engine's way. A verdict of here lacks the steps, and its
business supervisor is still without a name: `Verdict.naming` fills that in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from jurisdiction_router.domain.conditions import FAILS, HOLDS
from jurisdiction_router.domain.directory import DirectoryView
from jurisdiction_router.domain.engine import Engine
from jurisdiction_router.domain.facts import NONE, POSITIONS, Facts
from jurisdiction_router.domain.kept import Kept
from jurisdiction_router.domain.rule_lookup import Ruling
from jurisdiction_router.domain.rule_set import (
    ASSIGNED,
    BUSINESS_SUPERVISOR,
    NEEDS_DECISION,
    OWN_SYSTEM,
    PLACES,
    Candidate,
    Rule,
)
from jurisdiction_router.domain.verdict import (
    BY_RULE,
    MISSING_FACTS,
    NO_BODY,
    UNNAMED,
    Party,
    Verdict,
)

_ATTRIBUTES: Final = slice(len(POSITIONS))
_PLACES: Final = slice(Facts._fields.index("domicile"), Facts._fields.index("registering") + 1)
_NO_NAME: Final = slice(Facts._fields.index("supervisor_name"))
_AREA: Final = {place: number for number, place in enumerate(PLACES)}
_NOWHERE: Final = len(PLACES)
"""Where the areas around an organization hold None, for a candidate that names no place."""


class _Search(NamedTuple):
    """A body to be looked for: its kind, in which of the areas, of which system."""

    body: str
    area: int
    system: str | None


class _Plan(NamedTuple):
    """What remains to be looked for once the attributes are known; None is the supervisor."""

    rule: Rule
    supervising: tuple[_Search, ...]
    assisting: tuple[_Search | None, ...]
    notified: tuple[_Search | None, ...]

    def key(self) -> tuple[object, ...]:
        """What makes two plans the same."""
        return (self.rule.id, *self[1:])


class Outcomes:
    """A rule set on one date, ready for whole registers. What it remembers changes no answer."""

    def __init__(self, engine: Engine, view: DirectoryView) -> None:
        self._parties = _Parties(view)
        self._plans: dict[object, _Case] = {}
        self._cases = _Cases(engine, self)
        self._around = view.around
        self._waiting = _Waiting(engine, view)

    def verdict(self, facts: Facts) -> Verdict:
        """Decide for one tuple of facts: the engine's verdict without its steps."""
        return self.of([facts])[0].naming(facts.supervisor_name)

    def of(self, asked: Iterable[Facts]) -> list[Verdict]:
        """Decide for many, in their order; equal verdicts are one object.

        A business supervisor that assists is in it without its name.
        """
        cases, around, waiting = self._cases, self._around, self._waiting
        tuples: Iterable[tuple[str | None, ...]] = asked
        return [
            found[pick(around[facts[_PLACES]])] if pick else waiting[facts[_NO_NAME]]
            for facts in tuples
            for pick, found in (cases[facts[_ATTRIBUTES]],)
        ]

    def case_of(self, plan: _Plan) -> "_Case":
        """Return where a plan's verdicts are kept; equal plans share them."""
        key = plan.key()
        case = self._plans.get(key)
        if case is None:
            searches = (*plan.supervising, *plan.assisting, *plan.notified)
            areas = sorted({search.area for search in searches if search} | {_NOWHERE})
            numbers = {area: number for number, area in enumerate(areas)}
            # One position alone would give the bare area; the last is always None.
            pick = itemgetter(*areas, _NOWHERE)
            case = self._plans[key] = _Case(pick, _Verdicts(plan, numbers, self._parties))
        return case


class _Case(NamedTuple):
    """Which areas a plan looks at, and its verdicts by those; no `pick`: a fact is missing."""

    pick: Callable[[tuple[str | None, ...]], tuple[str | None, ...]] | None
    found: "dict[tuple[str | None, ...], Verdict]"


_WAITING: Final = _Case(None, {})


class _Cases(Kept[tuple[str | None, ...], _Case]):
    """By the attributes: which plan they lead to."""

    def __init__(self, engine: Engine, outcomes: Outcomes) -> None:
        super().__init__(self._case)
        self._engine = engine
        self._outcomes = outcomes
        self._looked_at = {
            rule.id: _looked_at(rule, engine.rule_set.assisting) for rule in engine.rule_set.rules
        }
        self._alike: dict[tuple[str, object], _Case] = {}

    def _case(self, key: tuple[str | None, ...]) -> _Case:
        facts = self._engine.known(Facts(*key))
        ruling = self._engine.ruling(facts)
        if not isinstance(ruling, Ruling) or len(ruling.rules) != 1:
            return _WAITING
        (rule,) = ruling.rules
        alike = rule.id, self._looked_at[rule.id](facts)
        case = self._alike.get(alike)
        if case is None:
            plan = self._plan(rule, facts)
            case = _WAITING if plan is None else self._outcomes.case_of(plan)
            self._alike[alike] = case
        return case

    def _plan(self, rule: Rule, facts: Facts) -> _Plan | None:
        supervising = []
        for candidate in rule.supervising:
            state = self._engine.condition(candidate, facts)
            if state == FAILS:
                continue
            system = _system(candidate, facts)
            if state != HOLDS or (system is None and candidate.system is not None):
                return None
            if system != NONE:
                supervising.append(_search(candidate, system))
        assisting = self._others((*rule.assisting, *self._engine.rule_set.assisting), facts)
        return _Plan(rule, tuple(supervising), assisting, self._others(rule.notified, facts))

    def _others(self, candidates: Iterable[Candidate], facts: Facts) -> tuple[_Search | None, ...]:
        """Those who assist or are told; a condition on a missing fact does not hold here, except
        for the business supervisor, who is on record."""
        found: list[_Search | None] = []
        for candidate in candidates:
            state = self._engine.condition(candidate, facts)
            if candidate.body == BUSINESS_SUPERVISOR:
                if state != FAILS:
                    found.append(None)
                continue
            system = _system(candidate, facts)
            if state != HOLDS or (system is None and candidate.system is not None):
                continue
            if system != NONE:
                found.append(_search(candidate, system))
        return tuple(found)


def _looked_at(rule: Rule, assisting: Sequence[Candidate]) -> Callable[[Facts], object]:
    """Return what picks out of facts all that the candidates of a rule look at."""
    candidates = (*rule.supervising, *rule.assisting, *rule.notified, *assisting)
    positions = {POSITIONS[name] for candidate in candidates for name in candidate.when}
    if any(candidate.system == OWN_SYSTEM for candidate in candidates):
        positions.add(POSITIONS["supervisor_system"])
    return itemgetter(*positions) if positions else lambda _facts: None


def _system(candidate: Candidate, facts: Facts) -> str | None:
    return facts.supervisor_system if candidate.system == OWN_SYSTEM else candidate.system


def _search(candidate: Candidate, system: str | None) -> _Search:
    area = _NOWHERE if candidate.at is None else _AREA[candidate.at]
    return _Search(candidate.body, area, system)


class _Parties(Kept[tuple[str, str, str | None], Party | None]):
    """By kind, area and system: the one body that is there on the date."""

    def __init__(self, view: DirectoryView) -> None:
        super().__init__(self._only)
        self._view = view

    def _only(self, key: tuple[str, str, str | None]) -> Party | None:
        body = self._view.only(*key)
        return None if body is None else Party.of(body)


class _Verdicts(Kept[tuple[str | None, ...], Verdict]):
    """The verdicts of one plan, by the areas it looks at."""

    def __init__(self, plan: _Plan, numbers: Mapping[int, int], parties: _Parties) -> None:
        super().__init__(self._verdict)
        self._rule = plan.rule
        self._parties = parties
        self._supervising = [
            (
                (search.body, numbers[search.area], search.system),
                "registering" if search.area == _AREA["registering"] else "domicile",
            )
            for search in plan.supervising
        ]
        self._assisting, self._notified = (
            [search and (search.body, numbers[search.area], search.system) for search in part]
            for part in (plan.assisting, plan.notified)
        )

    def _verdict(self, key: tuple[str | None, ...]) -> Verdict:
        rule = self._rule
        supervising: Party | None = None
        outcome, reason = rule.outcome, BY_RULE
        missing: tuple[str, ...] = ()
        for (kind, number, system), place in self._supervising:
            area = key[number]
            if area is None:
                outcome, reason, missing = NEEDS_DECISION, MISSING_FACTS, (place,)
                break
            supervising = self._parties[kind, area, system]
            if supervising is not None:
                break
        else:
            if outcome == ASSIGNED:
                outcome, reason = NEEDS_DECISION, NO_BODY
        assisting = self._there(self._assisting, key)
        if supervising in assisting:
            assisting = tuple(party for party in assisting if party != supervising)
        notified = self._there(self._notified, key)
        return Verdict(outcome, reason, rule, supervising, assisting, notified, missing=missing)

    def _there(
        self, searches: Sequence[tuple[str, int, str | None] | None], key: tuple[str | None, ...]
    ) -> tuple[Party, ...]:
        if not searches:
            return ()
        found: list[Party] = []
        for search in searches:
            if search is None:
                found.append(UNNAMED)
                continue
            kind, number, system = search
            area = key[number]
            party = None if area is None else self._parties[kind, area, system]
            if party is not None and party not in found:
                found.append(party)
        return tuple(found)


class _Waiting(Kept[tuple[str | None, ...], Verdict]):
    """Facts, without the supervisor's name, that only the engine can decide."""

    def __init__(self, engine: Engine, view: DirectoryView) -> None:
        super().__init__(self._decided)
        self._engine = engine
        self._view = view

    def _decided(self, key: tuple[str | None, ...]) -> Verdict:
        # An empty name is a supervisor's without one: the place that `naming` fills.
        facts = Facts(*key)._replace(supervisor_name="")
        verdict = self._engine.verdict(facts, self._view)
        return verdict._replace(steps=())
