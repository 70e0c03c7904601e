"""Draws: spreads, quotas and weights mean what they say."""

from collections import Counter

import pytest

from demo_city.invention.chance import Chance, Quota, Spread, Weighted


def test_a_spread_has_its_percentiles() -> None:
    spread = Spread([0, 10, 20, 40, 100, 500])
    assert [spread.at(p) for p in (0, 25, 50, 75, 95)] == [0, 10, 20, 40, 100]
    assert spread.at(99.999) < 500


def test_a_spread_refuses_numbers_out_of_order() -> None:
    with pytest.raises(ValueError, match="ascending"):
        Spread([0, 5, 3, 6, 7, 8])


@pytest.mark.parametrize("percent", [0, 37, 93, 100])
def test_a_quota_is_met_exactly(percent: int) -> None:
    quota = Quota(percent)
    assert sum(quota.next() for _ in range(200)) == 2 * percent


def test_weights_are_respected_and_zero_never_comes() -> None:
    chance, weighted = Chance(1), Weighted({"a": 3, "never": 0, "b": 1})
    drawn = Counter(chance.weigh(weighted) for _ in range(4_000))
    assert drawn["never"] == 0
    assert 2_800 < drawn["a"] < 3_200
