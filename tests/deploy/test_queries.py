"""Metrics are found in a query, and nothing else is."""

import pytest

from tests.deploy.queries import metrics_of


@pytest.mark.parametrize(
    ("query", "metrics"),
    [
        ('up{job="a"} == 0', {"up"}),
        ("time() - max by (job, feed) (feed_heard) > 120", {"feed_heard"}),
        (
            'histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket{a!~"b.*"}[5m]))) > 1',
            {"x_seconds"},
        ),
        ('min(a_total{b="c"}) or sum without (d) (e) < 14 * 86400', {"a_total", "e"}),
    ],
)
def test_metrics_of_a_query(query: str, metrics: set[str]) -> None:
    assert metrics_of(query) == metrics
