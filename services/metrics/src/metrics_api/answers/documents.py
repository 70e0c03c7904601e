"""Parts that several answers share, as they are shown."""

from typing import Any

from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.facts.edition import Edition


def tally(counted: Tally) -> dict[str, Any]:
    """A tally as answers show it."""
    return {
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "rate": counted.rate,
    }


def positions(edition: Edition) -> dict[str, int]:
    """The ledger positions that an edition includes."""
    return {"registry": edition.registry_position, "router": edition.router_position}
