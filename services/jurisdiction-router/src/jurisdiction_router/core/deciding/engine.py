"""Decides: one rule set, compiled once, asked many times.

Two steps. *Which rule?* depends on the seven attributes alone. *Which body?* walks the rule's
candidates through the directory on the date, and notes each step for the trace. Whole registers
take the fast path of `outcomes`, which gives the same verdicts without the steps.

Facts may be missing. Evaluation is three-valued: it stops at the first missing attribute it really
needs, tries each of that attribute's values, and so finds what the answer depends on. An answer
that no missing fact can change is given; otherwise the open answers and the questions are.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from jurisdiction_router.core.deciding.candidate_search import Plan, Plans, Values
from jurisdiction_router.core.deciding.verdict import (
    BY_RULE,
    CONDITION_FAILS,
    CONFLICT,
    MISSING_FACTS,
    NO_BODY,
    NO_RULE,
    NO_SUCH_BODY,
    NO_SUPERVISOR,
    PLACE_UNKNOWN,
    SEVERAL_BODIES,
    TAKEN,
    Possible,
    Step,
    Verdict,
)
from jurisdiction_router.core.directory.areas_and_bodies import PLACES
from jurisdiction_router.core.directory.directory import DirectoryView, Party
from jurisdiction_router.core.rules.conditions import (
    ATTRIBUTES,
    FAILS,
    HOLDS,
    all_candidates,
    attributes_of,
    checks_of,
    evaluate,
    groups_of_equal_values,
)
from jurisdiction_router.core.rules.facts import DOMAINS, NONE, POSITIONS, Facts
from jurisdiction_router.core.rules.rule_lookup import RuleLookup, Ruling
from jurisdiction_router.core.rules.rule_set import (
    ASSIGNED,
    BUSINESS_SUPERVISOR,
    NEEDS_DECISION,
    OWN_SYSTEM,
    Candidate,
    Condition,
    Rule,
    RuleSet,
)

_SYSTEM: Final = POSITIONS["supervisor_system"]


class Needs(NamedTuple):
    """The evaluation cannot go on without this attribute."""

    attribute: str


class Engine:
    """A compiled rule set. Immutable in effect: what it remembers never changes an answer."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self._compiled = tuple((rule, checks_of(rule.when)) for rule in rule_set.rules)
        self._conditions = {
            id(candidate): checks_of(candidate.when) for candidate in all_candidates(rule_set)
        }
        self._groups = groups_of_equal_values(rule_set)
        self._newer = [
            (POSITIONS[attribute], frozenset(values))
            for attribute, values in rule_set.attributes.items()
            if not DOMAINS[attribute] <= set(values)
        ]
        self._rulings: dict[Values, Ruling | Needs] = {}
        self._lookup = RuleLookup(rule_set)
        self._plans = Plans(rule_set, self._lookup, self._groups)
        self.attributes_read = {rule.id: attributes_of(rule) for rule in rule_set.rules}
        """By rule, the attributes that its list of candidates looks at."""

    def verdict(self, facts: Facts, view: DirectoryView) -> Verdict:
        """Decide for one tuple of facts on the view's date."""
        facts = self.known(facts)
        while True:
            attempt = self._attempt(facts, view)
            if isinstance(attempt, Verdict):
                return attempt
            settled = self._undecided(facts, attempt.attribute, view)
            if isinstance(settled, Verdict):
                return settled
            facts = settled

    def same_answer(self, attributes: Values, attribute: str, value: str) -> bool:
        """Tell whether the answer surely stays when an attribute gets another value.

        It does where the same rule answers, and its list does not read that attribute.
        """
        position = POSITIONS[attribute]
        before = self._ruling(self._known(attributes))
        after = self._ruling(
            self._known((*attributes[:position], value, *attributes[position + 1 :]))
        )
        if isinstance(before, Needs) or isinstance(after, Needs) or len(before.rules) != 1:
            return False
        return (
            before.rules == after.rules
            and attribute not in self.attributes_read[before.rules[0].id]
        )

    def alternatives(
        self, attribute: str, current: str, excluded: Collection[str] = ()
    ) -> tuple[tuple[str, ...], ...]:
        """Return the other values of an attribute that can matter, in groups of equals.

        Without those that are `excluded`, and without groups of which nothing is left.
        """
        others = (group for group in self._groups[attribute] if current not in group)
        if not excluded:
            return tuple(others)
        left = (tuple(value for value in group if value not in excluded) for group in others)
        order = self.rule_set.attributes[attribute].index
        return tuple(sorted(filter(None, left), key=lambda group: order(group[0])))

    def winners_over(self, rule: Rule, facts: Facts) -> list[str]:
        """Return the ids of the rules that surely match `facts` and are over `rule`."""
        return [
            other.id
            for other, checks in self._compiled
            if rule.id in other.over and evaluate(checks, facts) == HOLDS
        ]

    def failing_cell(self, when: Condition, facts: Facts) -> str | None:
        """Return the first attribute whose known value a condition excludes, or None."""
        for attribute, allowed in when.items():
            value = facts[POSITIONS[attribute]]
            if value is not None and value not in allowed:
                return attribute
        return None

    def known(self, facts: Facts) -> Facts:
        """Read values that are newer than the rule set, which it cannot know, as missing."""
        values = self._known(facts)
        return facts if values is facts else Facts._make(values)

    def _known(self, values: Values) -> Values:
        for position, known in self._newer:
            if values[position] not in known:
                values = (*values[:position], None, *values[position + 1 :])
        return values

    def ruling(self, facts: Facts) -> Ruling | Needs:
        """Return the undefeated rules, or the first missing attribute they depend on."""
        return self._ruling(facts[: len(ATTRIBUTES)])

    def plan(self, attributes: Values) -> Plan | None:
        """Return what remains to be looked for once the attributes are known.

        None where they lead to no single rule, or where the answer hangs on one that is missing.
        """
        values = self._known(attributes)
        marks = self._lookup.marks(values)
        if None not in values:
            return self._plan_of(marks, values)
        ruling = self._ruling(values)
        if isinstance(ruling, Needs) or len(ruling.rules) != 1:
            return None
        (rule,) = ruling.rules
        waiting = marks ^ self._lookup.open_marks(values)
        if self._plans.hangs_on(rule, waiting, values[_SYSTEM]):
            return None
        return self._plans.of(rule, marks, values[_SYSTEM])

    def marks_of_others(self, attributes: Values) -> list[int] | None:
        """Return, for `plan_with`, the marks that the others of each attribute leave.

        None where an attribute is missing: then only `plan` can tell.
        """
        values = self._known(attributes)
        return None if None in values else self._lookup.others(values)

    def plan_with(self, others: int, position: int, changed: Values) -> Plan | None:
        """Return the plan for `changed`.

        Its attributes but the one at `position` leave the marks `others`.
        """
        return self._plan_of(others & self._lookup.marks_of(position, changed[position]), changed)

    def _plan_of(self, marks: int, values: Values) -> Plan | None:
        rules = self._lookup.ruling(marks).rules
        return self._plans.of(rules[0], marks, values[_SYSTEM]) if len(rules) == 1 else None

    def _ruling(self, values: Values) -> Ruling | Needs:
        if None not in values:
            return self._lookup.ruling(self._lookup.marks(values))
        known = self._rulings.get(values)
        if known is None:
            known = self._rulings[values] = self._rule_of(values)
        return known

    def _rule_of(self, values: Values) -> Ruling | Needs:
        certain: list[Rule] = []
        waiting: list[tuple[Rule, int]] = []
        for rule, checks in self._compiled:
            state = evaluate(checks, values)
            if state == HOLDS:
                certain.append(rule)
            elif state != FAILS:
                waiting.append((rule, state))
        defeated = {loser for rule in certain for loser in rule.over}
        undefeated = [rule for rule in certain if rule.id not in defeated]
        contested = {rule.id for rule in undefeated}
        contested |= {rule.id for rule, _ in waiting if rule.id not in defeated}
        for rule, position in waiting:
            # A defeated rule still defeats others, so it matters while one of those is contested.
            if rule.id in contested or rule.over & contested:
                return Needs(ATTRIBUTES[position])
        return Ruling(tuple(undefeated))

    def _attempt(self, facts: Facts, view: DirectoryView) -> Verdict | Needs:
        ruling = self.ruling(facts)
        if isinstance(ruling, Needs):
            return ruling
        if not ruling.rules:
            return Verdict(NEEDS_DECISION, NO_RULE)
        if len(ruling.rules) > 1:
            names = tuple(rule.id for rule in ruling.rules)
            return Verdict(NEEDS_DECISION, CONFLICT, conflicting=names)
        verdict = self.walk(ruling.rules[0], facts, view)
        if isinstance(verdict, Needs):
            return verdict
        rule = ruling.rules[0]
        assisting = self._parties((*rule.assisting, *self.rule_set.assisting), facts, view)
        return verdict._replace(
            assisting=tuple(party for party in assisting if party != verdict.supervising),
            notified=self._parties(rule.notified, facts, view),
        )

    def walk(self, rule: Rule, facts: Facts, view: DirectoryView) -> Verdict | Needs:
        """Walk a rule's candidates to the supervising body; who assists is left out."""
        steps: list[Step] = []
        for candidate in rule.supervising:
            step = self._step(candidate, facts, view)
            if isinstance(step, Needs):
                return step
            steps.append(step)
            if step.result in (TAKEN, PLACE_UNKNOWN):
                break
        last = steps[-1] if steps else None
        outcome, reason = rule.outcome, BY_RULE
        missing: tuple[str, ...] = ()
        if last is not None and last.result == PLACE_UNKNOWN:
            place = "registering" if last.candidate.at == "registering" else "domicile"
            outcome, reason, missing = NEEDS_DECISION, MISSING_FACTS, (place,)
        elif outcome == ASSIGNED and (last is None or last.party is None):
            outcome, reason = NEEDS_DECISION, NO_BODY
        return Verdict(
            outcome=outcome,
            reason=reason,
            rule=rule,
            supervising=last.party if last is not None else None,
            steps=tuple(steps),
            missing=missing,
        )

    def _step(self, candidate: Candidate, facts: Facts, view: DirectoryView) -> Step | Needs:
        """Try one candidate: its condition, its place, then the directory."""
        state = evaluate(self._conditions[id(candidate)], facts)
        if state == FAILS:
            failed = self.failing_cell(candidate.when, facts)
            return Step(candidate, None, CONDITION_FAILS, attribute=failed)
        if state != HOLDS:
            return Needs(ATTRIBUTES[state])
        if candidate.system != OWN_SYSTEM:
            return self._look_up(candidate, candidate.system, facts, view)
        if facts.supervisor_system is None:
            return Needs("supervisor_system")
        if facts.supervisor_system == NONE:
            return Step(candidate, None, NO_SUPERVISOR)
        return self._look_up(candidate, facts.supervisor_system, facts, view)

    def _look_up(
        self, candidate: Candidate, system: str | None, facts: Facts, view: DirectoryView
    ) -> Step:
        area = place_of(candidate.at, facts, view)
        if area is None:
            return Step(candidate, None, PLACE_UNKNOWN)
        bodies = view.find(candidate.body, area, system)
        if not bodies:
            return Step(candidate, area, NO_SUCH_BODY)
        if len(bodies) > 1:
            return Step(candidate, area, SEVERAL_BODIES)
        return Step(candidate, area, TAKEN, Party.of(bodies[0]))

    def _parties(
        self, candidates: Iterable[Candidate], facts: Facts, view: DirectoryView
    ) -> tuple[Party, ...]:
        """Return every body that is found; a condition on a missing fact does not hold here."""
        parties: list[Party] = []
        for candidate in candidates:
            if candidate.body == BUSINESS_SUPERVISOR:
                holds = evaluate(self._conditions[id(candidate)], facts) != FAILS
                if facts.supervisor_name is not None and holds:
                    parties.append(Party(None, BUSINESS_SUPERVISOR, facts.supervisor_name, None))
                continue
            step = self._step(candidate, facts, view)
            if isinstance(step, Step) and step.party is not None and step.party not in parties:
                parties.append(step.party)
        return tuple(parties)

    def _undecided(self, facts: Facts, attribute: str, view: DirectoryView) -> Verdict | Facts:
        """Settle facts that lack `attribute`: a verdict, or facts that may assume a value of it.

        The latter when the attribute turns out not to change which answers are open.
        """
        branches = {
            group: self._explore(facts._replace(**{attribute: group[0]}), view)
            for group in self._groups[attribute]
        }
        answers = [frozenset(outcomes) for outcomes, _ in branches.values()]
        if all(open_answers == answers[0] for open_answers in answers):
            return facts._replace(**{attribute: self._groups[attribute][0][0]})
        values: dict[object, list[str]] = {}
        verdicts: dict[object, Verdict] = {}
        missing = [attribute]
        for group, (outcomes, deeper) in branches.items():
            missing += [name for name in deeper if name not in missing]
            for answer, verdict in outcomes.items():
                verdicts.setdefault(answer, verdict)
                values.setdefault(answer, []).extend(group)
        possible = tuple(
            Possible(
                verdict.outcome,
                verdict.rule.id if verdict.rule else None,
                verdict.supervising,
                attribute,
                tuple(values[answer]),
            )
            for answer, verdict in verdicts.items()
        )
        return Verdict(NEEDS_DECISION, MISSING_FACTS, missing=tuple(missing), possible=possible)

    def _explore(
        self, facts: Facts, view: DirectoryView
    ) -> tuple[Mapping[object, Verdict], list[str]]:
        """Return the answers still open for `facts`, and the missing attributes they hang on."""
        attempt = self._attempt(facts, view)
        if isinstance(attempt, Verdict):
            return {attempt.answer(): attempt}, list(attempt.missing)
        attribute = attempt.attribute
        answers: dict[object, Verdict] = {}
        missing: list[str] = []
        distinct: set[frozenset[object]] = set()
        for group in self._groups[attribute]:
            outcomes, deeper = self._explore(facts._replace(**{attribute: group[0]}), view)
            answers.update(outcomes)
            missing += [name for name in deeper if name not in missing]
            distinct.add(frozenset(outcomes))
        return answers, [attribute, *missing] if len(distinct) > 1 else missing


def place_of(at: str | None, facts: Facts, view: DirectoryView) -> str | None:
    """Return the area a candidate is looked for in, or None when that place is not known."""
    return None if at is None else view.around[facts.domicile, facts.registering][PLACES.index(at)]
