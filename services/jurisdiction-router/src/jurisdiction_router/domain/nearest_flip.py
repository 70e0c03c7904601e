"""The one-fact change that would give another supervising body.

It tells an official how firm an answer is, and which record to check first in a dispute.
Attributes are tried in the rule set's order, from the fact that changes most easily. Where it
falls down: moving to another place is not tried, though that flips most answers.
"""

from dataclasses import dataclass

from jurisdiction_router.domain.directory import DirectoryView
from jurisdiction_router.domain.engine import Engine
from jurisdiction_router.domain.facts import POSITIONS, Facts
from jurisdiction_router.domain.rule_set import NEEDS_DECISION
from jurisdiction_router.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Flip:
    """If `attribute` were `value` instead of `current`, the answer would be `verdict`."""

    attribute: str
    current: str
    value: str
    verdict: Verdict


def nearest_flip(
    engine: Engine, facts: Facts, view: DirectoryView, verdict: Verdict
) -> Flip | None:
    """Return the nearest change of one known fact that moves the organization, if there is one.

    A change to another body comes before one that merely leaves the question open.
    """
    open_question: Flip | None = None
    for attribute, value in engine.turning(facts, verdict.rule):
        changed = facts._replace(**{attribute: value})
        other = engine.answer(changed, view)
        if other == (verdict.outcome, verdict.supervising):
            continue
        if other[0] == NEEDS_DECISION and open_question is not None:
            continue
        current = facts[POSITIONS[attribute]] or ""
        flip = Flip(attribute, current, value, engine.verdict(changed, view))
        if other[0] != NEEDS_DECISION:
            return flip
        open_question = flip
    return open_question
