"""What the engine finds, before anyone puts it into words."""

from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from jurisdiction_router.core.directory.directory import Party
from jurisdiction_router.core.rules.rule_set import BUSINESS_SUPERVISOR, Candidate, Rule

BY_RULE: Final = "rule"
MISSING_FACTS: Final = "missing_facts"
CONFLICT: Final = "conflict"
NO_RULE: Final = "no_rule"
NO_BODY: Final = "no_body"
NO_RULE_SET: Final = "no_rule_set"

TAKEN: Final = "taken"
CONDITION_FAILS: Final = "condition_fails"
NO_SUPERVISOR: Final = "no_supervisor"
NO_SUCH_BODY: Final = "no_such_body"
SEVERAL_BODIES: Final = "several_bodies"
PLACE_UNKNOWN: Final = "place_unknown"


class Step(NamedTuple):
    """One candidate of a walk through the directory and what became of it."""

    candidate: Candidate
    area: str | None
    result: str
    party: Party | None = None
    attribute: str | None = None
    """The attribute whose cell failed, when `result` is `condition_fails`."""


@dataclass(frozen=True, slots=True)
class Possible:
    """One of the answers that are still open: it follows if `attribute` has one of `values`."""

    outcome: str
    rule: str | None
    supervising: Party | None
    attribute: str
    values: tuple[str, ...]


UNNAMED: Final = Party(None, BUSINESS_SUPERVISOR, "", None)
"""The business supervisor of verdicts that organizations with different supervisors share."""


class Verdict(NamedTuple):
    """The answer for one tuple of facts on one date. Shared between organizations: immutable."""

    outcome: str
    reason: str
    rule: Rule | None = None
    supervising: Party | None = None
    assisting: tuple[Party, ...] = ()
    notified: tuple[Party, ...] = ()
    steps: tuple[Step, ...] = ()
    conflicting: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    possible: tuple[Possible, ...] = ()

    def answer(self) -> tuple[str, str | None, Party | None, tuple[str, ...]]:
        """Return what makes two verdicts the same answer, however they were reached."""
        return (self.outcome, self.rule.id if self.rule else None, self.supervising, self.missing)

    def naming(self, supervisor: str | None) -> "Verdict":
        """Return the verdict with this business supervisor; None if there is none on record."""
        if supervisor == "" or (UNNAMED not in self.assisting and UNNAMED not in self.notified):
            return self
        assisting, notified = (named(part, supervisor) for part in (self.assisting, self.notified))
        return self._replace(assisting=assisting, notified=notified)


def named(parties: tuple[Party, ...], supervisor: str | None) -> tuple[Party, ...]:
    """Return parties of a verdict with this business supervisor, as `Verdict.naming` does."""
    if supervisor == "" or UNNAMED not in parties:
        return parties
    party = [] if supervisor is None else [UNNAMED._replace(name=supervisor)]
    return tuple(chain.from_iterable(party if one == UNNAMED else [one] for one in parties))
