"""Answer how far an indicator is covered, by any dimensions, on a day, at an edition."""

import asyncio
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics_api.counting.coverage_count import (
    CoverageCount,
    TooManyGroupsError,
    count_coverage,
)
from metrics_api.counting.group_estimate import refuse_too_many
from metrics_api.counting.weighing import FiguresTooFineError
from metrics_api.domain.dimensions import DIMENSIONS
from metrics_api.domain.directory import Directory
from metrics_api.storage.editions import Edition
from metrics_api.usecases.coverage_question import AskCoverage, CoverageQuestion
from metrics_api.usecases.coverage_request import CoverageRequest
from servicekit.errors import Refusal


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
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

    def __init__(self, ask: AskCoverage, max_groups: int) -> None:
        self._ask = ask
        self._max_groups = max_groups

    async def answer(self, request: CoverageRequest) -> CoverageAnswer:
        """The count that `request` asks for.

        Refuses what `AskCoverage` refuses, `too-many-groups` and `figures-too-fine`.
        """
        question = await self._ask.question(request)
        counted = await asyncio.to_thread(self._count, question)
        return CoverageAnswer(
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
        try:
            refuse_too_many(question.known.copy, question.rollup, query, self._max_groups)
            count = count_coverage(question.known.copy, question.rollup, query, self._max_groups)
        except TooManyGroupsError as error:
            raise Refusal("too-many-groups", groups=error.groups, limit=error.limit) from error
        except FiguresTooFineError as error:
            raise Refusal("figures-too-fine") from error
        return count, group_labels(
            count.groups, query.group_by, question.directory, query.valid_on, question.areas_on
        )


def group_labels(
    groups: pl.DataFrame,
    group_by: tuple[str, ...],
    directory: Directory,
    day: date,
    areas_on: date,
) -> dict[str, pl.Series]:
    """The Chinese names of bodies on `day` and of areas on `areas_on`, or the nearest day before on
    which they were there; a series per dimension that has names.
    """
    labels: dict[str, pl.Series] = {}
    for name in group_by:
        if not (DIMENSIONS[name].area_level or name == "body"):
            continue
        keys = groups[name].to_list()
        if name == "body":
            names = {key: directory.bodies.name(key, day) for key in set(keys)}
        else:
            names = {key: directory.areas.versions.name(key, areas_on) for key in set(keys)}
        labels[name] = pl.Series(name, [names[key] for key in keys], dtype=pl.String)
    return labels
