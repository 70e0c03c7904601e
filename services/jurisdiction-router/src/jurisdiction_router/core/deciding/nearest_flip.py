"""The one-fact change that would give another supervising body.

It tells an official how firm an answer is, and which record to check first in a dispute.
Attributes are tried in the rule set's order, from the fact that changes most easily. Only a change
is named after which the organization can be (`combinations`). Where it falls down: moving to
another place is not tried, though that flips most answers.

Which changes can matter at all (`Turn`) hangs on the attributes alone, and is worked out once for
them, in bits: what the other six attributes leave, and one AND for each value of the seventh.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from jurisdiction_router.core.deciding.candidate_search import Areas, Plan, Values
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.outcomes import Outcomes
from jurisdiction_router.core.deciding.verdict import Verdict
from jurisdiction_router.core.rules.combinations import excluded_values, levels_at
from jurisdiction_router.core.rules.facts import POSITIONS, Facts
from jurisdiction_router.core.rules.rule_set import NEEDS_DECISION

_LEVEL: Final = "level"


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A change of `attribute` from `current` to `value`, and what is then looked for.

    Without a plan only the engine can tell.
    """

    attribute: str
    current: str
    value: str
    plan: Plan | None


class Flip(NamedTuple):
    """After this turn the answer would be `verdict`."""

    turn: Turn
    verdict: Verdict


def turns_of(engine: Engine, attributes: Values) -> tuple[Turn, ...]:
    """Return the changes of one known attribute that may change the answer, in order.

    Left out are those that surely do not: the same body would be looked for; those that lead
    wherever an earlier one does; and those that contradict another attribute. Which levels the
    authority leaves is not seen here: every level is a turn, and leaves no other one out.
    """
    own = engine.plan(attributes)
    turns: list[Turn] = []
    plans = {own.sought} if own is not None else set()
    for attribute, value, plan in _plans_around(engine, attributes):
        if plan is None:
            if engine.same_answer(attributes, attribute, value):
                continue
        elif plan.sought in plans:
            continue
        elif attribute != _LEVEL:
            plans.add(plan.sought)
        turns.append(Turn(attribute, attributes[POSITIONS[attribute]] or "", value, plan))
    return tuple(turns)


def _plans_around(engine: Engine, attributes: Values) -> Iterator[tuple[str, str, Plan | None]]:
    """Yield every other value of each known attribute, and where it leads."""
    others = engine.marks_of_others(attributes)
    for attribute in engine.rule_set.attributes:
        position = POSITIONS[attribute]
        current = attributes[position]
        if current is None:
            continue
        excluded = excluded_values(attributes, attribute)
        groups = engine.alternatives(attribute, current, excluded)
        for value in chain(*groups) if attribute == _LEVEL else (group[0] for group in groups):
            changed = (*attributes[:position], value, *attributes[position + 1 :])
            if others is None:
                yield attribute, value, engine.plan(changed)
            else:
                yield attribute, value, engine.plan_with(others[position], position, changed)


def nearest_flip(
    outcomes: Outcomes, turns: Iterable[Turn], facts: Facts, around: Areas, verdict: Verdict
) -> Flip | None:
    """Return the nearest of `turns` that moves the organization, if there is one.

    A change to another body comes before one that merely leaves the question open. `turns` are
    those of the facts' attributes, `around` are the areas around the organization, and `outcomes`
    are those of the rule set on the date of `verdict`.
    """
    open_question: Flip | None = None
    levels = levels_at(facts.registering)
    for turn in turns:
        if turn.attribute == _LEVEL and turn.value not in levels:
            continue
        plan = turn.plan
        if plan is not None:
            other = outcomes.by_plan[plan][plan.pick(around)]
        else:
            (other,) = outcomes.of([facts._replace(**{turn.attribute: turn.value})])
        if other.outcome == verdict.outcome and other.supervising == verdict.supervising:
            continue
        if other.outcome != NEEDS_DECISION:
            return Flip(turn, other)
        open_question = open_question or Flip(turn, other)
    return open_question
