"""Answer how far an indicator is covered, by any dimensions, on a day, at an edition."""

import asyncio
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics_api.counting.coverage_count import (
    CoverageCount,
    CoverageQuery,
    TooManyGroupsError,
    count_coverage,
)
from metrics_api.domain.dimensions import DIMENSIONS
from metrics_api.domain.directory import Directory
from metrics_api.storage.definition_files import Definitions
from metrics_api.storage.editions import Edition, edition_at
from metrics_api.usecases.coverage_request import (
    CoverageRequest,
    check_edition,
    check_filters,
    check_names,
)
from metrics_api.usecases.keep_copy import LiveCopy, Served
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """A count with its receipt. `labels` names a group's areas and bodies, per such dimension."""

    indicator: str
    valid_on: date
    edition: Edition
    count: CoverageCount
    labels: dict[str, pl.Series]


class CountCoverage:
    """Counts over the columnar copy; at most `max_groups` groups in an answer."""

    def __init__(
        self,
        live: LiveCopy,
        database: Database,
        definitions: Definitions,
        clock: Clock,
        max_groups: int,
    ) -> None:
        self._live = live
        self._database = database
        self._definitions = definitions
        self._clock = clock
        self._max_groups = max_groups

    async def answer(self, request: CoverageRequest) -> CoverageAnswer:
        """The count that `request` asks for.

        Refuses `invalid-request` for what does not exist, `parameter-undefined` for a day before
        the indicator's rule, `too-many-groups`.
        """
        check_names(request, self._definitions.indicators)
        served = self._live.served
        edition = check_edition(request.edition, served.edition.number)
        day = request.valid_on or self._clock.today()
        counted = await asyncio.to_thread(self._count, served, request, day, edition)
        return CoverageAnswer(
            request.indicator, day, await self._edition(edition, served), *counted
        )

    async def settled_edition(self, edition: int | None) -> Edition:
        """The edition that `edition` means now (the newest for None), for several counts at one."""
        served = self._live.served
        return await self._edition(check_edition(edition, served.edition.number), served)

    def _count(
        self, served: Served, request: CoverageRequest, day: date, edition: int
    ) -> tuple[CoverageCount, dict[str, pl.Series]]:
        """The part that takes milliseconds of computing and runs beside the event loop."""
        directory = served.directory.at(edition)
        rollup = served.rollup(edition, day)
        check_filters(request.filters, directory, rollup)
        indicator = self._definitions.indicators[request.indicator]
        query = CoverageQuery(
            indicator=indicator.on(day, self._definitions.parameters),
            valid_on=day,
            edition=edition,
            group_by=request.group_by,
            filters=request.filters,
            within=request.areas,
        )
        try:
            count = count_coverage(served.copy, rollup, query, self._max_groups)
        except TooManyGroupsError as error:
            raise Refusal("too-many-groups", groups=error.groups, limit=error.limit) from error
        return count, _labels(count.groups, request.group_by, directory, day)

    async def _edition(self, number: int, served: Served) -> Edition:
        if number == served.edition.number:
            return served.edition
        async with self._database.reading() as connection:
            return await edition_at(connection, number)


def _labels(
    groups: pl.DataFrame, group_by: tuple[str, ...], directory: Directory, day: date
) -> dict[str, pl.Series]:
    """The Chinese names of areas and bodies, a series per dimension that has names."""
    hierarchy = directory.areas.on(day)
    labels: dict[str, pl.Series] = {}
    for name in group_by:
        if not (DIMENSIONS[name].area_level or name == "body"):
            continue
        keys = groups[name].to_list()
        names = {
            key: hierarchy.name(key) if name != "body" else directory.bodies.name(key, day)
            for key in set(keys)
        }
        labels[name] = pl.Series(name, [names[key] for key in keys], dtype=pl.String)
    return labels
