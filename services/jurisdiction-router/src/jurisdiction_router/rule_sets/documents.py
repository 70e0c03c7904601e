"""How rule sets look: their documents, the stage they are in, their events in the ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.enactments import Enactment, of_rule_set
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit.auth import Caller
from servicekit.errors import NotFound, OutsideAreas, Violation
from servicekit.ledger import NewEvent
from servicekit.time import Segment, cut

Stage = Literal["draft", "proved", "approved", "active", "retired"]


def summary_of(rule_set: RuleSet) -> dict[str, Any]:
    """What a file says of itself, as lists and the feed show it; its rules are in its content."""
    return {
        "id": rule_set.id,
        "title": {"zh": rule_set.title.zh, "en": rule_set.title.en},
        "scope": rule_set.scope,
        "valid_from": rule_set.valid_from.isoformat(),
        "valid_until": rule_set.valid_until.isoformat() if rule_set.valid_until else None,
        "source": rule_set.source,
        "digest": rule_set.digest,
        "rules": len(rule_set.rules),
        "tests": len(rule_set.tests),
    }


def rule_set_document(
    caller: Caller, row: RuleSetRow, enactments: Sequence[Enactment], today: date
) -> dict[str, Any]:
    """A rule set as the API shows it: what its file says, its stage, when it is in force."""
    own = of_rule_set(enactments, row.id)
    return {
        **row.document,
        "stage": _stage(row, own, today),
        "in_force": [
            {
                "valid_from": each.valid_from.isoformat(),
                "valid_until": each.valid_until.isoformat() if each.valid_until else None,
            }
            for each in own
        ],
        "authors": list(row.authors),
        "plan": row.plan,
        "stopped": _stopped_visible_to(caller, row.stopped),
        "revision": row.revision,
    }


def _stopped_visible_to(caller: Caller, stopped: dict[str, Any] | None) -> dict[str, Any] | None:
    """Why a plan was stopped, without counts of all areas for a caller limited to some.

    The lists of both impacts show such a caller what lies in its own.
    """
    if caller.areas is None or stopped is None or "difference" not in stopped:
        return stopped
    return {**stopped, "difference": None}


def _stage(row: RuleSetRow, own: Sequence[Enactment], today: date) -> Stage:
    if any(each.valid_until is None or each.valid_until > today for each in own):
        return "active"
    if own:
        return "retired"
    if row.plan is not None:
        return "approved"
    return "proved" if row.proved else "draft"


def rule_set_event(
    row: RuleSetRow,
    enactments: Sequence[Enactment],
    kind: str,
    effective_on: date,
    actor: str,
    reason: str | None = None,
) -> NewEvent:
    """An event of a rule set; its timeline says when it is in force, whatever the event is."""
    in_force = [
        Segment(each.valid_from, each.valid_until, row.document)
        for each in of_rule_set(enactments, row.id)
    ]
    return NewEvent(
        subject=f"rule_set:{row.id}",
        revision=row.revision,
        type=f"rule_set.{kind}",
        effective_on=effective_on,
        actor=actor,
        reason=reason,
        change=None,
        timeline=cut(in_force, effective_on),
        areas=[row.scope],
    )


async def rule_set_of(
    connection: AsyncConnection, caller: Caller, rule_set_id: str, to: Literal["read", "change"]
) -> RuleSetRow:
    """The rule set, locked if it is to be changed.

    Raises Refusal: `not-found`, also for one whose territory does not meet the caller's;
    `outside-areas` for a change by someone whose areas do not hold all of its territory.
    """
    find = rows.find if to == "read" else rows.lock
    row = await find(connection, rule_set_id)
    if row is None or not is_visible(row.scope, caller.like_patterns()):
        raise NotFound()
    if to == "change":
        check_scope(caller, row.scope)
    return row


def check_scope(caller: Caller, scope: str) -> None:
    """Raises Refusal `outside-areas` unless the territory is the caller's."""
    if not caller.may_see(scope):
        raise OutsideAreas(Violation("/scope", "outside_areas", scope), area=scope)


def is_visible(scope: str, patterns: Sequence[str] | None) -> bool:
    """Whether a limited caller's areas and a rule set's territory meet."""
    if patterns is None:
        return True
    own = scope[:2] if scope.endswith("0000") else scope[:4] if scope.endswith("00") else scope
    prefixes = [pattern.rstrip("%") for pattern in patterns]
    return any(own.startswith(prefix) or prefix.startswith(own) for prefix in prefixes)
