"""The filters that a reader chose, as chips: in words, with the addresses that ask otherwise."""

from dataclasses import dataclass
from datetime import date

from metrics_api.core.definitions.dimensions import DIMENSIONS, UNASSIGNED_KEY, UNDER_BODY
from metrics_api.core.facts.edition import Edition
from metrics_api.core.formatting import Formatter
from metrics_api.dashboard.page_query import PageQuery
from metrics_api.dashboard.parts import PageParts


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter in words, the address without it, and of a body that of all beneath it."""

    name: str
    without: str
    wider: str | None = None


def filter_chips(
    parts: PageParts,
    query: PageQuery,
    path: str,
    edition: Edition,
    day: date,
    formatter: Formatter,
    kept: str = "",
) -> list[Chip]:
    """The filters chosen, but for the area, which has its own path.

    `kept` is what addresses of the page at `path` carry beside the query.
    """
    chips = []
    for name, values in query.filters.items():
        if name == "area":
            continue
        words = [_value(parts, name, value, edition.number, day, formatter) for value in values]
        title = formatter(name) if name == UNDER_BODY else formatter.say(parts.labels.titles[name])
        colon = "：" if formatter.language == "zh" else ": "
        chips.append(
            Chip(
                f"{title}{colon}{formatter.list(tuple(words))}",
                query.narrowed(path, **{name: None}) + kept,
                _with_beneath(query, path, kept) if name == "body" else None,
            )
        )
    return chips


def _value(
    parts: PageParts, name: str, value: str, edition: int, day: date, formatter: Formatter
) -> str:
    if value != UNASSIGNED_KEY and name in ("body", UNDER_BODY):
        return parts.place_names.body(value, edition, day)
    if value != UNASSIGNED_KEY and DIMENSIONS[name].area_level:
        return parts.place_names.hierarchy(edition, day).name(value) or value
    return formatter.say(parts.labels.code("body" if name == UNDER_BODY else name, value))


def _with_beneath(query: PageQuery, path: str, kept: str) -> str | None:
    """The address that asks for the chosen body with all beneath it; None where that is not one."""
    chosen = query.filters["body"]
    if len(chosen) != 1 or UNASSIGNED_KEY in chosen or UNDER_BODY in query.filters:
        return None
    return query.narrowed(path, body=None, **{UNDER_BODY: chosen[0]}) + kept
