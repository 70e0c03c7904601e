"""What a caller may ask of coverage, checked by name and value before anything is counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from metrics_api.core.areas.directory import Directory
from metrics_api.core.definitions.dimensions import (
    DIMENSIONS,
    UNASSIGNED_KEY,
    UNDER_BODY,
    is_territorial,
)
from metrics_api.core.definitions.indicators import Indicator
from metrics_api.counting.copy.area_rollup import AreaRollup
from servicekit.errors import InvalidRequest, Violation

MAX_KEYS = 6
"""Dimensions in one `group_by`; more than that nobody reads as a table."""


Hierarchy = date | Literal["as_was", "as_is"]
"""Whose areas facts are counted in: those of each day that is counted, today's, or a day's."""


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """A question as it came in; `areas` are the prefixes the caller is limited to."""

    indicator: str
    group_by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    valid_on: date | None = None
    edition: int | None = None
    areas: tuple[str, ...] | None = None
    hierarchy: Hierarchy = "as_was"


def hierarchy_day(hierarchy: Hierarchy, today: date) -> date | None:
    """The day whose areas count for all days; None where each day has its own."""
    if isinstance(hierarchy, date):
        return hierarchy
    return today if hierarchy == "as_is" else None


def pinned_hierarchy(hierarchy_on: date | None) -> dict[str, object]:
    """The parameter that asks for the same areas again, whatever day it is by then."""
    return {"hierarchy": hierarchy_on} if hierarchy_on else {}


def check_names(request: CoverageRequest, indicators: Mapping[str, Indicator]) -> None:
    """Refuse an unknown indicator or dimension, or a key twice; `invalid-request` names each."""
    violations = [
        *_indicator_violations(request.indicator, indicators),
        *group_by_violations(request.group_by),
    ]
    if violations:
        raise InvalidRequest(*violations)


def check_edition(edition: int | None, newest: int) -> int:
    """The edition to answer from; refuses one that is ahead of the newest known here."""
    if edition is None:
        return newest
    if not 0 <= edition <= newest:
        ahead = Violation("/edition", "edition_ahead", edition, {"newest": newest})
        raise InvalidRequest(ahead)
    return edition


def check_filters(
    filters: Mapping[str, tuple[str, ...]], directory: Directory, rollup: AreaRollup
) -> None:
    """Refuse a filter value that nothing could ever have: a misspelt code must not read as zero."""
    violations = [
        violation
        for name, values in filters.items()
        for value in values
        for violation in _value_violations(name, value, directory, rollup)
    ]
    if violations:
        raise InvalidRequest(*violations)


def spelled_out(
    filters: Mapping[str, tuple[str, ...]], directory: Directory, day: date
) -> Mapping[str, tuple[str, ...]]:
    """The filters with `under_body` as all bodies that it stands for on `day`."""
    if UNDER_BODY not in filters:
        return filters
    bodies = (directory.under_body(top, day) for top in filters[UNDER_BODY])
    return {**filters, UNDER_BODY: tuple(sorted(frozenset().union(*bodies)))}


def _indicator_violations(
    indicator: str, indicators: Mapping[str, Indicator]
) -> Iterable[Violation]:
    if indicator not in indicators:
        allowed = {"allowed": ", ".join(indicators)}
        yield Violation("/indicator", "unknown_indicator", indicator, allowed)


def group_by_violations(names: tuple[str, ...]) -> Iterable[Violation]:
    """What is wrong with a `group_by`: an unknown dimension, one twice, too many."""
    for index, name in enumerate(names):
        if name not in DIMENSIONS:
            allowed = {"allowed": ", ".join(DIMENSIONS)}
            yield Violation("/group_by", "unknown_dimension", name, allowed)
        elif name in names[:index]:
            yield Violation("/group_by", "dimension_twice", name)
    if len(names) > MAX_KEYS:
        yield Violation("/group_by", "too_many_dimensions", len(names), {"max": MAX_KEYS})


def check_areas(
    pointer: str, codes: Iterable[str], directory: Directory, rollup: AreaRollup
) -> None:
    """Refuse a code of no area; `pointer` says where it was given."""
    violations = [
        broken for code in codes for broken in _area_violations(pointer, code, directory, rollup)
    ]
    if violations:
        raise InvalidRequest(*violations)


def _area_violations(
    pointer: str, value: str, directory: Directory, rollup: AreaRollup
) -> Iterable[Violation]:
    if value != UNASSIGNED_KEY and not (directory.areas.knows(value) or rollup.knows(value)):
        yield Violation(pointer, "unknown_area", value)


def _value_violations(
    name: str, value: str, directory: Directory, rollup: AreaRollup
) -> Iterable[Violation]:
    if is_territorial(name):
        yield from _area_violations(f"/{name}", value, directory, rollup)
        return
    if name == UNDER_BODY:
        if value not in directory.bodies:
            yield Violation(f"/{name}", "unknown_body", value)
        return
    codes = DIMENSIONS[name].codes
    if value == UNASSIGNED_KEY:
        return
    if codes and value not in codes:
        yield Violation(f"/{name}", "unknown_code", value, {"allowed": ", ".join(codes)})
    elif name == "body" and value not in directory.bodies:
        yield Violation(f"/{name}", "unknown_body", value)
