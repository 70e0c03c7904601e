"""The report of a proof, fit to be stored and read: what was proved, and what speaks against it."""

from typing import Any, Final

from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.proving.counterexample_text import describe
from jurisdiction_router.core.proving.directory_proof import prove_over
from jurisdiction_router.core.proving.embedded_tests import TestResult, coverage, run_tests
from jurisdiction_router.core.proving.proof import Counterexample, prove, smallest_first
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary

SHOWN: Final = 50
"""Counterexamples in a report; the smallest come first."""


class Proof:
    """A rule set proved (over a directory, if one is given) and its tests run."""

    def __init__(self, rule_set: RuleSet, directory: Directory | None) -> None:
        counterexamples = prove(rule_set)
        if directory is not None:
            counterexamples += prove_over(rule_set, directory)
        self.rule_set = rule_set
        self.over_directory = directory is not None
        self.counterexamples: list[Counterexample] = smallest_first(counterexamples)
        self.tests: list[TestResult] = run_tests(rule_set)

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the rule set."""
        return not self.counterexamples and all(test.passed for test in self.tests)

    def report(self, words: Vocabulary) -> dict[str, Any]:
        """The report: canonical JSON, no floats."""
        failed = [test for test in self.tests if not test.passed]
        covered = coverage(self.rule_set, self.tests)
        return {
            "proved": self.holds,
            "over_directory": self.over_directory,
            "digest": self.rule_set.digest,
            "counterexamples": [document_of(e, words) for e in self.counterexamples[:SHOWN]],
            "counterexamples_found": len(self.counterexamples),
            "tests_failed": [
                {"name": t.name, "index": t.index, "expected": t.expected, "found": t.found}
                for t in failed
            ],
            "tests_passed": len(self.tests) - len(failed),
            "untested_rules": [rule for rule, count in covered.items() if not count],
        }


def document_of(example: Counterexample, words: Vocabulary) -> dict[str, Any]:
    """A counterexample as reports show it; `organizations` are for others to fill in."""
    place = example.place
    text = describe(example, words)
    return {
        "kind": example.kind,
        "rules": list(example.rules),
        "facts": example.facts,
        "combinations": str(example.combinations),
        "place": None
        if place is None
        else {
            "domicile": place.domicile,
            "domiciles": len({code for e in place.extents for code in e.domiciles}),
            "registering": place.registering,
            "registering_areas": len({code for e in place.extents for code in e.authorities}),
            "periods": [
                {"valid_from": start.isoformat(), "valid_until": end and end.isoformat()}
                for start, end in dict.fromkeys(extent[:2] for extent in place.extents)
            ],
        },
        "text": {"zh": text.zh, "en": text.en},
        "organizations": None,
    }
