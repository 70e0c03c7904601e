"""A coverage request made ready to be counted: checked, dated, at an edition, with its areas."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from metrics_api.core.areas.directory import Directory
from metrics_api.core.facts.edition import Edition
from metrics_api.core.refusals import ParameterUndefined
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.counting.copy.live_copy import LiveCopy, Served
from metrics_api.counting.coverage_count import CoverageQuery
from metrics_api.counting.request import (
    CoverageRequest,
    check_edition,
    check_filters,
    check_names,
    hierarchy_day,
    spelled_out,
)
from metrics_api.definitions.load import Definitions
from metrics_api.editions.read import edition_at
from servicekit.database import Database
from servicekit.errors import InvalidRequest
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One consistent state to count from, as an edition knows it."""

    edition: Edition
    copy: FactCopy
    directory: Directory
    served: Served

    def rollup(self, day: date) -> AreaRollup:
        """Where every area lay on `day`; the first call for a day can take 0.2 s."""
        return self.served.rollup(self.edition.number, day)


class Surroundings(Protocol):
    """What tells where an organization lay and who supervised it: a day and its areas."""

    @property
    def valid_on(self) -> date:
        """The day on which the organization is looked at."""

    @property
    def areas_on(self) -> date:
        """The day whose areas `rollup` knows."""

    @property
    def directory(self) -> Directory:
        """Areas and bodies as the edition knows them."""

    @property
    def rollup(self) -> AreaRollup:
        """Where every area lay."""


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """All that counting on one day needs."""

    known: Knowledge
    rollup: AreaRollup
    query: CoverageQuery
    hierarchy_on: date | None
    """The day whose areas were asked for; None for those of the day that is counted."""

    @property
    def valid_on(self) -> date:
        """The day that is counted."""
        return self.query.valid_on

    @property
    def areas_on(self) -> date:
        """The day whose areas `rollup` knows."""
        return self.hierarchy_on or self.valid_on

    @property
    def edition(self) -> Edition:
        """What the count rests on."""
        return self.known.edition

    @property
    def directory(self) -> Directory:
        """Areas and bodies as that edition knows them."""
        return self.known.directory


class AskCoverage:
    """Turns requests into questions over the columnar copy as it is now."""

    refusals: ClassVar = (InvalidRequest, ParameterUndefined)

    def __init__(
        self, live: LiveCopy, database: Database, definitions: Definitions, clock: Clock
    ) -> None:
        self._live = live
        self._database = database
        self._definitions = definitions
        self._clock = clock

    @property
    def today(self) -> date:
        """The civil date now."""
        return self._clock.today()

    def check_names(self, request: CoverageRequest) -> None:
        """Refuse an unknown indicator or dimension by name."""
        check_names(request, self._definitions.indicators)

    async def knowledge(self, edition: int | None) -> Knowledge:
        """What `edition` (the newest for None) knows."""
        served = self._live.served
        number = check_edition(edition, served.edition.number)
        known = served.edition
        if number != known.number:
            async with self._database.reading() as connection:
                known = await edition_at(connection, number)
        return Knowledge(known, served.copy, served.directory.at(number), served)

    async def renewed(self, known: Knowledge) -> None:
        """Wait a moment for a copy that is newer than the one `known` came from."""
        await self._live.replaced(known.served)

    async def settled_edition(self, edition: int | None) -> Edition:
        """The edition that `edition` means now (the newest for None), for several counts at one."""
        return (await self.knowledge(edition)).edition

    async def question(self, request: CoverageRequest) -> CoverageQuestion:
        """The question that `request` asks."""
        self.check_names(request)
        known = await self.knowledge(request.edition)
        return await asyncio.to_thread(self._question, known, request)

    def _question(self, known: Knowledge, request: CoverageRequest) -> CoverageQuestion:
        day = request.valid_on or self.today
        hierarchy_on = hierarchy_day(request.hierarchy, self.today)
        rollup = known.rollup(hierarchy_on or day)
        check_filters(request.filters, known.directory, rollup)
        return CoverageQuestion(known, rollup, self.query(known, request, day), hierarchy_on)

    def query(self, known: Knowledge, request: CoverageRequest, day: date) -> CoverageQuery:
        """What to count for `request` on `day`."""
        indicator = self._definitions.indicators[request.indicator]
        areas_on = hierarchy_day(request.hierarchy, self.today) or day
        return CoverageQuery(
            indicator=indicator.on(day, self._definitions.parameters),
            valid_on=day,
            edition=known.edition.number,
            group_by=request.group_by,
            filters=spelled_out(request.filters, known.directory, areas_on),
            within=request.areas,
        )
