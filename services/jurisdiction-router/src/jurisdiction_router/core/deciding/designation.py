"""Overrides: an authority designates who supervises one organization, over a period.

An override is an input of the assignment timeline like facts, rules and directory: it outranks the
rule while it holds, and ends by itself, its expiry being a boundary like any other. It says what it
was made instead of, so that it can be told when rules or facts have changed under it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from jurisdiction_router.core.deciding.decision import Decision
from jurisdiction_router.core.directory.directory import Body, Directory, Party
from jurisdiction_router.core.rules.rule_set import ASSIGNED

DESIGNATED: Final = "designated"
REDUNDANT: Final = "override_redundant"
CONTRADICTED: Final = "override_contradicted"
BASIS: Final = "D"
"""The basis of an answer that rests on a designation and not on a rule."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the rules said when the override was made: outcome None where none was in force."""

    outcome: str | None
    body_id: str | None


@dataclass(frozen=True, slots=True)
class Override:
    """A designation of `body_id` over `[valid_from, valid_until)`; no natural person in it."""

    id: UUID
    organization_id: UUID
    body_id: str
    valid_from: date
    valid_until: date
    authority: str
    reference: str
    clause: Mapping[str, Any]
    approver: str
    replaces: Replaced


def designation_dates(overrides: Iterable[Override], directory: Directory) -> set[date]:
    """Return every date on which what an override says may change."""
    dates: set[date] = set()
    for override in overrides:
        dates |= {override.valid_from, override.valid_until}
        body = directory.bodies.get(override.body_id)
        for heir in [] if body is None else directory.heirs(body):
            dates.add(heir.valid_from)
            dates |= {heir.valid_until} if heir.valid_until is not None else set()
            dates |= {former.until for former in heir.former_names}
    return dates


def bodies_before(directory: Directory, body_ids: Iterable[str]) -> set[str]:
    """Return these bodies and all that they succeed, whose overrides they have taken over."""
    bodies = set(body_ids)
    return bodies | {
        body.id
        for body in directory.bodies.values()
        if body.successor is not None
        and not bodies.isdisjoint(heir.id for heir in directory.heirs(body))
    }


def designated(by_rule: Decision, in_force: bool, override: Override, body: Body) -> Decision:
    """Return the decision that an override makes of what the rules say.

    `in_force` tells whether `by_rule` is by a rule set in force, or only the facts as they are.
    `body` is the designated one, or its successor, under its name of the day.
    """
    by_rules = Replaced(
        by_rule.outcome if in_force else None,
        by_rule.body_id if in_force else None,
    )
    flags = [DESIGNATED]
    if (by_rules.outcome, by_rules.body_id) == (ASSIGNED, body.id):
        flags.append(REDUNDANT)
    elif by_rules != override.replaces:
        flags.append(CONTRADICTED)
    party = Party.of(body)
    document = {
        **by_rule.document,
        "outcome": ASSIGNED,
        "reason": DESIGNATED,
        "supervising": party._asdict(),
        "assisting": [p for p in by_rule.document["assisting"] if p["id"] != party.id],
        "notified": [p for p in by_rule.document["notified"] if p["id"] != party.id],
        "rule": None,
        "row": None,
        "title": None,
        "basis": BASIS,
        "certainty": "stated",
        "clause": dict(override.clause),
        "flags": flags,
        "question": None,
        "conflicting": [],
        "missing": [],
        "possible": [],
        "nearest_flip": None,
        "designation": _designation(override),
        "by_rule": {
            name: by_rule.document[name] if in_force else None
            for name in ("outcome", "supervising", "rule", "basis", "explanation")
        },
        "explanation": _explanation(override, party, flags),
    }
    return Decision(by_rule.rule_set, document)


def _designation(override: Override) -> dict[str, Any]:
    return {
        "body_id": override.body_id,
        "authority": override.authority,
        "reference": override.reference,
        "approver": override.approver,
        "valid_from": override.valid_from.isoformat(),
        "valid_until": override.valid_until.isoformat(),
        "replaces": {"outcome": override.replaces.outcome, "body_id": override.replaces.body_id},
    }


def _explanation(override: Override, party: Party, flags: list[str]) -> dict[str, str]:
    start, end = override.valid_from.isoformat(), override.valid_until.isoformat()
    zh = (
        f"{override.authority}以{override.reference}指定由{party.name}领导和管理，"
        f"自{start}起，至{end}止（批准：{override.approver}）。"
    )
    en = (
        f"{override.authority} designated {party.name} by {override.reference}, from {start} "
        f"until {end} (approved by {override.approver})."
    )
    if REDUNDANT in flags:
        zh += "规则的结论与此相同，指定已无必要。"
        en += " The rules say the same: the designation is not needed any more."
    if CONTRADICTED in flags:
        zh += "指定之后规则的结论已变化，请复核。"
        en += " What the rules say has changed since: it should be looked at again."
    return {"zh": zh, "en": en}


def read_override(document: Mapping[str, Any]) -> Override:
    """An override out of its document."""
    return Override(
        id=UUID(document["id"]),
        organization_id=UUID(document["organization_id"]),
        body_id=document["body_id"],
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_until=date.fromisoformat(document["valid_until"]),
        authority=document["authority"],
        reference=document["reference"],
        clause=document["clause"],
        approver=document["approver"],
        replaces=Replaced(**document["replaces"]),
    )
