"""Whoever sends text of the wrong form is told in words what is expected, never by a pattern."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from servicekit.errors import Violation, explain, read_rules
from tests.openapi.documents import NAMES, document
from tests.openapi.test_problems import PACKAGES

_REGEX = re.compile(r"\^|\$|\[[^\]]*-|\{[0-9]|\\")
_TOLD_OTHERWISE = ("^([0-9]{1,18}|", "^[1-9][0-9]*$")
"""A moment has a rule of its own; sequences of the feed are never sent to us."""


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from _patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("service", NAMES)
def test_each_pattern_of_a_specification_has_words_and_an_example(
    service: str, language: str
) -> None:
    rules = read_rules(PACKAGES[service])
    found = {p for p in _patterns(document(service)) if not p.startswith(_TOLD_OTHERWISE)}
    assert len(found) > 3
    for pattern in found:
        assert pattern in rules
        broken = Violation("", "string_pattern_mismatch", "?", {"pattern": pattern})
        words = explain(broken, language, rules)
        assert not _REGEX.search(words), (pattern, words)
        if "[^" not in pattern and "{64}" not in pattern:  # what is left out, and digests
            assert ("如 " if language == "zh" else "such as") in words
