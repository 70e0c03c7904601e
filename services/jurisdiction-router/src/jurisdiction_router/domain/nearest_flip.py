"""The one-fact change that would give another supervising body.

It tells an official how firm an answer is, and which record to check first in a dispute.
Attributes are tried in the rule set's order, from the fact that changes most easily. Where it
falls down: moving to another place is not tried, though that flips most answers.
"""

from dataclasses import dataclass

from jurisdiction_router.domain.engine import Engine
from jurisdiction_router.domain.facts import POSITIONS, Facts
from jurisdiction_router.domain.outcomes import Outcomes
from jurisdiction_router.domain.rule_set import NEEDS_DECISION
from jurisdiction_router.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Flip:
    """If `attribute` were `value` instead of `current`, the answer would be `verdict`."""

    attribute: str
    current: str
    value: str
    verdict: Verdict


def nearest_flip(engine: Engine, outcomes: Outcomes, facts: Facts, verdict: Verdict) -> Flip | None:
    """Return the nearest change of one known fact that moves the organization, if there is one.

    A change to another body comes before one that merely leaves the question open. `outcomes` are
    the engine's, on the date of `verdict`.
    """
    open_question: Flip | None = None
    for attribute, value in engine.turning(facts, verdict.rule):
        (other,) = outcomes.of([facts._replace(**{attribute: value})])
        if (other.outcome, other.supervising) == (verdict.outcome, verdict.supervising):
            continue
        if other.outcome == NEEDS_DECISION and open_question is not None:
            continue
        flip = Flip(attribute, facts[POSITIONS[attribute]] or "", value, other)
        if other.outcome != NEEDS_DECISION:
            return flip
        open_question = flip
    return open_question
