"""How far behind the ledgers the answers are, in words."""

from typing import Any

from metrics_api.core.formatting import Formatter
from metrics_api.freshness.read_freshness import Freshness

_LATE_SECONDS = 60.0


def lag_in_words(freshness: Freshness, formatter: Formatter) -> str:
    """How far behind the ledgers the answers are."""
    away = tuple(
        formatter(f"service_{name}") for name, feed in freshness.feeds.items() if not feed.reachable
    )
    if away:
        return formatter("unreachable", services=formatter.list(away))
    feeds = freshness.feeds.values()
    parked = sum(feed.cursor.parked for feed in feeds)
    behind = sum(max(0, feed.head - feed.cursor.position) for feed in feeds)
    seconds = max((feed.lag_seconds or 0.0 for feed in feeds), default=0.0)
    words = formatter("fresh")
    if behind:
        words = formatter("behind", seconds=f"{seconds:.0f}", positions=formatter.count(behind))
    if parked:
        words = f"{words} · {formatter('parked', count=formatter.count(parked))}"
    return words


def is_late(freshness: Freshness) -> bool:
    """Whether a feed is out of reach, or an event has waited for more than a minute."""
    return any(
        not feed.reachable or (feed.lag_seconds or 0.0) > _LATE_SECONDS
        for feed in freshness.feeds.values()
    )


def freshness_document(freshness: Freshness, formatter: Formatter) -> dict[str, Any]:
    """How fresh the data are, for a page that stays open."""
    return {
        "edition": freshness.serving.number,
        "lag": lag_in_words(freshness, formatter),
        "late": is_late(freshness),
    }
