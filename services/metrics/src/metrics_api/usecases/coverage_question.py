"""A coverage request made ready to be counted: checked, dated, at an edition, with its areas."""

import asyncio
from dataclasses import dataclass
from datetime import date

from metrics_api.counting.area_rollup import AreaRollup
from metrics_api.counting.coverage_count import CoverageQuery
from metrics_api.counting.fact_copy import FactCopy
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


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """All that counting needs, from one consistent state."""

    edition: Edition
    copy: FactCopy
    directory: Directory
    rollup: AreaRollup
    query: CoverageQuery


class AskCoverage:
    """Turns requests into questions over the columnar copy as it is now."""

    def __init__(
        self, live: LiveCopy, database: Database, definitions: Definitions, clock: Clock
    ) -> None:
        self._live = live
        self._database = database
        self._definitions = definitions
        self._clock = clock

    async def question(self, request: CoverageRequest) -> CoverageQuestion:
        """The question that `request` asks.

        Refuses `invalid-request` for what does not exist, `parameter-undefined` for a day before
        the indicator's rule.
        """
        check_names(request, self._definitions.indicators)
        served = self._live.served
        edition = check_edition(request.edition, served.edition.number)
        day = request.valid_on or self._clock.today()
        made = await asyncio.to_thread(self._made, served, request, day, edition)
        return CoverageQuestion(await self._edition(edition, served), served.copy, *made)

    async def settled_edition(self, edition: int | None) -> Edition:
        """The edition that `edition` means now (the newest for None), for several counts at one."""
        served = self._live.served
        return await self._edition(check_edition(edition, served.edition.number), served)

    def _made(
        self, served: Served, request: CoverageRequest, day: date, edition: int
    ) -> tuple[Directory, AreaRollup, CoverageQuery]:
        """Beside the event loop: the first roll-up of a day can take 0.2 s."""
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
        return directory, rollup, query

    async def _edition(self, number: int, served: Served) -> Edition:
        if number == served.edition.number:
            return served.edition
        async with self._database.reading() as connection:
            return await edition_at(connection, number)
