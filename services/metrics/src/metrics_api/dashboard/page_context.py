"""The context of a page: who reads it, in which language, and what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics_api.core.formatting import Formatter, Language
from metrics_api.dashboard.chips import filter_chips
from metrics_api.dashboard.page_query import OVERVIEW, PageQuery
from metrics_api.dashboard.parts import PageParts
from servicekit.auth import Caller


@dataclass(frozen=True, slots=True)
class PageContext:
    """`frame` is what the template of every page takes, whatever the page shows."""

    query: PageQuery
    formatter: Formatter
    caller: Caller
    frame: Mapping[str, Any]


def page_context(
    parts: PageParts,
    query: PageQuery,
    path: str,
    language: Language,
    caller: Caller,
    other: str,
    kept: str,
) -> PageContext:
    """The context of the page at `path`.

    `other` is its address in the other language, `kept` what addresses of this page carry beside
    the query.
    """
    formatter = parts.formatters[language]
    edition = parts.place_names.newest
    day = query.valid_on or parts.clock.today()
    hierarchy = parts.place_names.hierarchy(edition.number, day)
    frame = {
        "q": query,
        "here": path,
        "kept": kept,
        "caller": caller,
        "home": OVERVIEW,
        "labels": parts.labels,
        "other_language": other,
        "places": parts.place_names.path(query.filters.get("area", ()), hierarchy),
        "now": parts.clock.now(),
        "chips": filter_chips(parts, query, path, edition, day, formatter, kept),
    }
    return PageContext(query, formatter, caller, frame)
