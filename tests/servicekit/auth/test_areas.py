"""Territories as prefixes of division codes."""

import pytest

from servicekit.auth.caller import Caller
from servicekit.auth.territory import area_prefix


@pytest.mark.parametrize(
    ("code", "prefix"),
    [("100000", ""), ("440000", "44"), ("440300", "4403"), ("440303", "440303"),
     ("440303001", "440303001"), ("440303001002", "440303001002"), ("4403", "4403")],
)  # fmt: skip
def test_the_prefix_of_a_division(code: str, prefix: str) -> None:
    assert area_prefix(code) == prefix


def test_what_a_caller_may_see() -> None:
    everywhere = Caller("c", frozenset(), None)
    nowhere = Caller("c", frozenset(), ())
    here = Caller("c", frozenset(), ("4403", "110101"))
    assert everywhere.may_see("440303", None)
    assert everywhere.may_see()
    assert everywhere.like_patterns() is None
    assert not nowhere.may_see("440303", "")
    assert nowhere.like_patterns() == []
    assert here.may_see(None, "440303001")
    assert here.may_see("110101001")
    assert not here.may_see("440000", "110102", None, "")
    assert here.like_patterns() == ["4403%", "110101%"]


def test_a_territory_contains_another() -> None:
    everywhere = Caller("c", frozenset(), None)
    here = Caller("c", frozenset(), ("440303", "110101"))
    assert everywhere.covers(None)
    assert everywhere.covers(["44"])
    assert here.covers(["110101001", "440303"])
    assert here.covers([])
    assert not here.covers(["440303", "4403"])
    assert not here.covers(None)
