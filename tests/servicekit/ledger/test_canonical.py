"""Canonical JSON is RFC 8785's, and what has no canonical form is refused."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from servicekit.ledger.canonical import canonical_json, chain

EXACT = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-EXACT, EXACT) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(VALUES)
def test_bytes_are_those_of_the_reference_implementation(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        EXACT + 1,
        -EXACT - 1,
        2**64,
        "\ud800",
        {"a": [{"b": 0.1}]},
        (1.0,),
        {1: 2},
    ],
)
def test_what_has_no_canonical_form_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError, match=r"canonical|ledger"):
        canonical_json(value)


def test_chains_differ_by_algorithm_and_by_predecessor() -> None:
    digests = {
        chain(algorithm, previous, b"{}")
        for algorithm in ("sha256", "sm3")
        for previous in (bytes(32), b"\1" * 32)
    }
    assert {len(digest) for digest in digests} == {32}
    assert len(digests) == 4
