"""A rule set: a territory's decision table as immutable data.

Hit policy: exactly one undefeated rule. A rule *matches* when every attribute it names has one of
the values it names; a matching rule *defeats* those it is stated to be `over`. What no `over`
settles is a conflict, which is reported and never decided by the order of the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from servicekit.errors import Text

ASSIGNED: Final = "assigned"
NEEDS_DECISION: Final = "needs_decision"
OUT_OF_SCOPE: Final = "out_of_scope"
OUTCOMES: Final = (ASSIGNED, NEEDS_DECISION, OUT_OF_SCOPE)

BASES: Final = ("S", "N", "L", "I")
"""S the policy's own words · N national rule · L local practice · I our inference."""

BUSINESS_SUPERVISOR: Final = "business_supervisor"
"""The one assisting party that is no Party body: the organization's recorded 业务主管单位."""


OWN_SYSTEM: Final = "$supervisor_system"
"""A candidate's `system` that stands for the system of the organization's own supervisor."""

Condition = Mapping[str, frozenset[str]]
"""Attribute → the values that satisfy it; an attribute that is not named may have any value."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One step of the walk: this kind of body, in this area, if the condition holds."""

    body: str
    at: str | None
    system: str | None
    when: Condition


@dataclass(frozen=True, slots=True)
class Clause:
    """What a rule rests on.

    `article` locates it in `source`; `text` quotes it word for word, and is None where the source
    is known and its words are not at hand.
    """

    source: str
    article: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """What form of Party organization the same clause asks for; guidance, not an answer."""

    mode: str
    note: Text
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    id: str
    row: str
    title: Text
    when: Condition
    outcome: str
    supervising: tuple[Candidate, ...]
    assisting: tuple[Candidate, ...]
    notified: tuple[Candidate, ...]
    question: Text | None
    """What an official has to settle: the reason for another outcome than `assigned`, or what to
    ask when no candidate's body exists."""
    basis: str
    flags: tuple[str, ...]
    clause: Clause | None
    form: Form | None
    over: frozenset[str]
    """Ids of the rules this one defeats, with `over: all` and `fallback` spelled out."""


@dataclass(frozen=True, slots=True)
class EmbeddedTest:
    """A case the file itself carries: these facts must give this answer.

    Bodies are written `kind@place`. The test's world has every body the rule set names, except
    those in `without`.
    """

    name: str
    facts: Mapping[str, str]
    without: frozenset[str]
    rule: str | None
    outcome: str
    supervising: str | None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything one file says, checked; `digest` is of its canonical JSON."""

    id: str
    title: Text
    scope: str
    valid_from: date
    valid_until: date | None
    source: str
    attributes: Mapping[str, tuple[str, ...]]
    """Finite domains, in the order of how easily a fact changes (the nearest flip follows it)."""
    assisting: tuple[Candidate, ...]
    rules: tuple[Rule, ...]
    tests: tuple[EmbeddedTest, ...]
    digest: str

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with that id. Errors: `KeyError`."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
