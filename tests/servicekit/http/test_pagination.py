"""Cursors come back as they went, and anything else is a refusal."""

import base64
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors.refusal import Refusal
from servicekit.http.pagination import decode_cursor, encode_cursor

QUERY = {"kind": "foundation", "name": "基金", "limit": None}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
KINDS: dict[type, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    UUID: st.uuids(),
}
KEYS = st.lists(st.sampled_from(list(KINDS)), max_size=3).flatmap(
    lambda kinds: st.tuples(st.just(kinds), st.tuples(*(KINDS[kind] for kind in kinds)))
)


@given(KEYS)
def test_a_cursor_comes_back_as_the_key_it_was_made_of(drawn: tuple[list[type], Any]) -> None:
    kinds, key = drawn
    assert decode_cursor(encode_cursor(key, QUERY), QUERY, kinds) == list(key)


def test_no_cursor_is_the_first_page() -> None:
    assert decode_cursor(None, QUERY, [str]) is None


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: base64.b64encode(b).decode()))
def test_whatever_is_sent_is_a_key_or_a_refusal(cursor: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode_cursor(cursor, QUERY, [str, int])
    assert refused.value.code == "invalid-cursor"


def forged(*key: Any) -> str:
    """A cursor of the right query with a key of one's own."""
    made = encode_cursor([], QUERY)
    (fingerprint,) = orjson.loads(base64.urlsafe_b64decode(made + "=" * (-len(made) % 4)))
    return base64.urlsafe_b64encode(orjson.dumps([fingerprint, *key])).decode()


@pytest.mark.parametrize(
    ("kind", "value"),
    [(str, "a\0b"), (str, 1), (int, 2**63), (int, True), (int, 1.0), (int, None), (bool, 1),
     (date, "2016-13-01"), (date, 20160101), (datetime, "2016-01-01T00:00:00"), (UUID, "x")],
)  # fmt: skip
def test_a_forged_key_never_reaches_the_database(kind: type, value: Any) -> None:
    with pytest.raises(Refusal):
        decode_cursor(forged(value), QUERY, [kind])


def test_a_cursor_of_another_query_is_refused() -> None:
    cursor = encode_cursor(["a"], QUERY)
    for query in ({**QUERY, "kind": None}, {}):
        with pytest.raises(Refusal):
            decode_cursor(cursor, query, [str])
    for kinds in ([], [str, str]):
        with pytest.raises(Refusal):
            decode_cursor(cursor, QUERY, kinds)
