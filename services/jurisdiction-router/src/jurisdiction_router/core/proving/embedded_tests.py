"""Runs the cases a rule-set file carries, in a small made-up world.

The world is one city, district, street and community in the rule set's scope, with every body the
rules name at every place they name it; a test takes some away. So a test says what the *rules* do,
whatever a real directory holds.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.directory.directory import Body, Directory
from jurisdiction_router.core.rules.facts import DOMAINS, NONE, Facts
from jurisdiction_router.core.rules.rule_set import OWN_SYSTEM, Candidate, EmbeddedTest, RuleSet

_DISTRICT: Final = "99"
_LEVEL_TO_PLACE: Final = {"municipal": "city", "provincial": "province", "street": "street"}


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of a case: what was expected, what was found, and which rule answered."""

    __test__ = False

    name: str
    index: int
    passed: bool
    expected: str
    found: str
    rule: str | None


def run_tests(rule_set: RuleSet) -> list[TestResult]:
    """Return what came of the embedded tests, in file order."""
    engine = Engine(rule_set)
    results = []
    for index, test in enumerate(rule_set.tests):
        expected = _line(test.rule, test.outcome, test.supervising)
        rule, outcome = _run(engine, test)
        passed = outcome == expected or (test.supervising is None and outcome.startswith(expected))
        results.append(TestResult(test.name, index, passed, expected, outcome, rule))
    return results


def coverage(rule_set: RuleSet, results: list[TestResult]) -> dict[str, int]:
    """Return how many passing tests each rule answers; 0 for a rule that no test reaches."""
    counts = {rule.id: 0 for rule in rule_set.rules}
    for result in results:
        if result.passed and result.rule is not None:
            counts[result.rule] += 1
    return counts


def _line(rule: str | None, outcome: str, supervising: str | None) -> str:
    return " ".join(part for part in (rule or "no rule", outcome, supervising) if part)


def _run(engine: Engine, test: EmbeddedTest) -> tuple[str | None, str]:
    rule_set = engine.rule_set
    places = _places(rule_set.scope)
    level = test.facts.get("level", "district")
    places["registering"] = places[_LEVEL_TO_PLACE.get(level, "district")]
    facts = Facts(**{name: NONE for name in rule_set.attributes if NONE in DOMAINS[name]})._replace(
        **test.facts, domicile=places["community"], registering=places["registering"]
    )
    system = facts.supervisor_system
    view = Directory(bodies=_bodies(rule_set, test, places, system)).on(rule_set.valid_from)
    verdict = engine.verdict(facts, view)
    supervising = verdict.supervising.id if verdict.supervising else None
    rule = verdict.rule.id if verdict.rule else None
    body = supervising.partition(" ")[0] if supervising else None
    return rule, _line(rule, verdict.outcome, body)


def _places(scope: str) -> dict[str, str]:
    city = scope[:4] + "00"
    district = scope[:4] + _DISTRICT
    return {
        "province": scope[:2] + "0000",
        "city": city,
        "district": district,
        "street": district + "001",
        "community": district + "001001",
    }


def _bodies(
    rule_set: RuleSet, test: EmbeddedTest, places: dict[str, str], own_system: str | None
) -> list[Body]:
    """Make each named body once per area; its id is `kind@place`, as tests write it.

    Where the registering area is also, say, the district, the two names are one area: a body is
    made under the first name that is asked for, and `without` takes it away under that name.
    """
    bodies: dict[tuple[str, str, str | None], Body] = {}
    for rule in rule_set.rules:
        candidates: tuple[Candidate, ...] = (*rule.supervising, *rule.assisting)
        for candidate in candidates:
            name = f"{candidate.body}@{candidate.at}"
            if candidate.at is None or name in test.without:
                continue
            system = own_system if candidate.system == OWN_SYSTEM else candidate.system
            area = places[candidate.at]
            bodies.setdefault(
                (candidate.body, area, system),
                Body(f"{name} {system or ''}", candidate.body, name, area, system, date.min),
            )
    return list(bodies.values())
