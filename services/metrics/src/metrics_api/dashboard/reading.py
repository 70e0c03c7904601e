"""One reading of a page: who reads it, in which language, and what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics_api.dashboard.page_query import PageQuery
from metrics_api.dashboard.speech import Speech
from servicekit.auth import Caller


@dataclass(frozen=True, slots=True)
class Reading:
    """`frame` is what the template of every page is told, whatever the page shows."""

    query: PageQuery
    speech: Speech
    caller: Caller
    frame: Mapping[str, Any]
