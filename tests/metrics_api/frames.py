"""Facts as the columnar copy holds them."""

from typing import Any

from metrics_api.domain.facts import COUNTED_COLUMNS, POSITION, Fact


def counted_values(fact: Fact) -> tuple[Any, ...]:
    """The columns of `fact` that can be counted, in their order."""
    return tuple(fact[POSITION[column.name]] for column in COUNTED_COLUMNS)
