"""Activating a rule set: read, proved, tested, stored for good, then the register reassessed."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from jurisdiction_router.domain.embedded_tests import run_tests
from jurisdiction_router.domain.proof import prove
from jurisdiction_router.domain.rule_set import RuleSet
from jurisdiction_router.domain.rule_set_reader import read_rule_set
from jurisdiction_router.domain.rule_set_text import read_text
from jurisdiction_router.domain.timeline import Jurisdiction
from jurisdiction_router.storage import jurisdiction_rows
from jurisdiction_router.storage.fact_rows import all_places, touched_organizations
from jurisdiction_router.usecases.assess_organizations import AssessOrganizations
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.canonical import canonical_json
from servicekit.database import Database
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.refusals import Refusal, Violation

SHOWN: Final = 20
"""Counterexamples and failed tests named in a refusal."""


@dataclass(frozen=True, slots=True)
class Activated:
    """A rule set that is in the books: its document, and what activating it moved."""

    document: str
    new: bool
    reassessed: int
    reassigned: int


@dataclass(frozen=True, slots=True)
class ActivateRuleSet:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    current: CurrentJurisdiction
    assess: AssessOrganizations

    async def __call__(self, caller: Caller, text: str) -> Activated:
        """Store the rule set written in `text` (YAML or JSON), active from its `valid_from`.

        The same content again changes nothing. Raises Refusal: `rule-set-unreadable`,
        `rule-set-invalid`, `rule-set-unproved`, `rule-set-tests-failed`, `rule-set-immutable`
        for other content under a known id, `outside-areas` for another's territory.
        """
        value, lines = read_text(text)
        rule_set = read_rule_set(value, lines)
        if not caller.may_see(rule_set.scope):
            raise Refusal(
                "outside-areas",
                Violation("/scope", "outside_areas", rule_set.scope),
                area=rule_set.scope,
            )
        check_proof(rule_set)
        check_tests(rule_set)
        document = orjson.dumps(rule_set_document(rule_set)).decode()
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            held = await jurisdiction_rows.rule_set_digest(connection, rule_set.id)
            if held is not None:
                if held != rule_set.digest:
                    raise Refusal("rule-set-immutable", id=rule_set.id, digest=held)
                return Activated(document, False, 0, 0)
            content = canonical_json(value).decode()
            await jurisdiction_rows.add_rule_set(connection, rule_set, content, document)
            await jurisdiction_rows.next_edition(connection)
            after = Jurisdiction(
                [*before.rule_sets, rule_set], before.directory, self.current.vocabulary
            )
            places = [
                place
                for place in await all_places(connection)
                if rule_set.scope in before.directory.above(place)
            ]
            identifiers = await touched_organizations(connection, places)
            reason = f"rule_set.activated {rule_set.id}"
            moved = await self.assess.reassess(
                connection, after, identifiers, caller.client, reason
            )
            await self.ledger.append(connection, [_event(rule_set, caller.client), *moved])
        return Activated(document, True, len(identifiers), len(moved))


def check_proof(rule_set: RuleSet) -> None:
    """Hold a rule set to the proof. Raises Refusal `rule-set-unproved` with counterexamples."""
    found = prove(rule_set)
    if found:
        raise Refusal(
            "rule-set-unproved",
            *(
                Violation(
                    "/rules",
                    f"rule_set_{example.kind}",
                    ", ".join(example.rules) or None,
                    {"facts": _readable(example.facts), "rules": ", ".join(example.rules)},
                )
                for example in found[:SHOWN]
            ),
            count=len(found),
            counterexamples=[asdict(example) for example in found[:SHOWN]],
        )


def check_tests(rule_set: RuleSet) -> None:
    """Hold a rule set to its own tests. Raises Refusal `rule-set-tests-failed`."""
    failed = run_tests(rule_set)
    if failed:
        raise Refusal(
            "rule-set-tests-failed",
            *(
                Violation(
                    f"/tests/{test.index}",
                    "rule_set_test",
                    test.name,
                    {"expected": test.expected, "found": test.found},
                )
                for test in failed[:SHOWN]
            ),
            count=len(failed),
        )


def rule_set_document(rule_set: RuleSet) -> dict[str, Any]:
    """A rule set as lists and the feed show it; its rules are in its content."""
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


def _event(rule_set: RuleSet, actor: str) -> NewEvent:
    return NewEvent(
        subject=f"rule_set:{rule_set.id}",
        revision=1,
        type="rule_set.activated",
        effective_on=rule_set.valid_from,
        actor=actor,
        reason=None,
        change=None,
        timeline=[Segment(rule_set.valid_from, rule_set.valid_until, rule_set_document(rule_set))],
        areas=[rule_set.scope],
    )


def _readable(facts: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} = {' | '.join(values)}" for name, values in facts.items()) or "*"
