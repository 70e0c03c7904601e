"""Answer how far an indicator is covered, by any dimensions, on a day, at an edition."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import polars as pl

from metrics_api.core.facts.edition import Edition
from metrics_api.core.refusals import FiguresTooFine, TooManyGroups
from metrics_api.counting.coverage_count import (
    CoverageCount,
    count_coverage,
)
from metrics_api.counting.group_estimate import refuse_too_many
from metrics_api.counting.group_labels import group_labels
from metrics_api.counting.question import AskCoverage, CoverageQuestion
from metrics_api.counting.request import CoverageRequest


@dataclass(frozen=True, slots=True)
class CoverageResult:
    """A count with its receipt. `labels` names a group's areas and bodies, per such dimension.

    `hierarchy_on`: the day whose areas were asked for; None for those of `valid_on`.
    """

    indicator: str
    valid_on: date
    hierarchy_on: date | None
    edition: Edition
    count: CoverageCount
    labels: dict[str, pl.Series]


class CountCoverage:
    """Counts over the columnar copy; at most `max_groups` groups in an answer."""

    refusals: ClassVar = (AskCoverage, TooManyGroups, FiguresTooFine)

    def __init__(self, ask: AskCoverage, max_groups: int) -> None:
        self._ask = ask
        self._max_groups = max_groups

    async def answer(self, request: CoverageRequest) -> CoverageResult:
        """The count that `request` asks for."""
        question = await self._ask.question(request)
        counted = await asyncio.to_thread(self._count, question)
        return CoverageResult(
            request.indicator,
            question.query.valid_on,
            question.hierarchy_on,
            question.edition,
            *counted,
        )

    async def settled_edition(self, edition: int | None) -> Edition:
        """The edition that `edition` means now (the newest for None), for several counts at one."""
        return await self._ask.settled_edition(edition)

    def _count(self, question: CoverageQuestion) -> tuple[CoverageCount, dict[str, pl.Series]]:
        """The part that takes milliseconds of computing and runs beside the event loop."""
        query = question.query
        refuse_too_many(question.known.copy, question.rollup, query, self._max_groups)
        count = count_coverage(question.known.copy, question.rollup, query, self._max_groups)
        return count, group_labels(
            count.groups, query.group_by, question.directory, query.valid_on, question.areas_on
        )
