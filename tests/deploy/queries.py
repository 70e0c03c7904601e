"""Which metrics a PromQL expression asks for."""

import re

_NO_METRIC = re.compile(
    r"\{[^}]*\}"  # selectors
    r"|\[[^\]]*\]"  # ranges
    r"|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
    r"|\"[^\"]*\""
)
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\()(?![a-zA-Z0-9_:])")
_WORDS = {"or", "and", "unless", "bool", "offset"}


def metrics_of(expression: str) -> set[str]:
    """The names; of a histogram without its `_bucket`, `_sum` or `_count`."""
    names = set(_NAME.findall(_NO_METRIC.sub(" ", expression))) - _WORDS
    return {re.sub(r"(?<=_seconds)_(bucket|sum|count)$", "", name) for name in names}
