"""The report of a proof, fit to be stored and read: what was proved, and what speaks against it."""

from dataclasses import asdict
from typing import Any, Final

from jurisdiction_router.domain.directory import Directory
from jurisdiction_router.domain.embedded_tests import coverage, run_tests
from jurisdiction_router.domain.proof import prove
from jurisdiction_router.domain.rule_set import RuleSet

SHOWN: Final = 50
"""Counterexamples in a report; the smallest come first."""


def proof_report(rule_set: RuleSet, directory: Directory | None) -> dict[str, Any]:
    """Prove `rule_set` and run its tests. Only canonical JSON: no floats, no dates."""
    found = prove(rule_set)
    results = run_tests(rule_set)
    failed = [result for result in results if not result.passed]
    return {
        "proved": not found and not failed,
        "digest": rule_set.digest,
        "counterexamples": [
            {**asdict(example), "rules": list(example.rules)} for example in found[:SHOWN]
        ],
        "counterexamples_found": len(found),
        "tests_failed": [
            {"name": each.name, "index": each.index, "expected": each.expected, "found": each.found}
            for each in failed
        ],
        "tests_passed": len(results) - len(failed),
        "untested_rules": [
            rule for rule, count in coverage(rule_set, results).items() if not count
        ],
    }
