"""Evaluate every target: attained, how many are missing, what is needed and to be expected."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from metrics_api.answers.receipt import IssueReceipt, Receipt
from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.definitions.targets import (
    NO_OUTLOOK,
    Attainment,
    Band,
    Outlook,
    Target,
    TargetVariant,
    attainment,
    band_of,
    months_before,
    outlook,
)
from metrics_api.core.refusals import ParameterUndefined
from metrics_api.counting.request import CoverageRequest
from metrics_api.coverage.count import CountCoverage
from metrics_api.definitions.load import Definitions
from metrics_api.targets.keep import visible
from metrics_api.targets.rows import believed_targets
from servicekit.database import Database
from servicekit.errors import InvalidRequest, Violation
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class VariantStanding:
    """How one reading of a target stands on `valid_on`."""

    variant: TargetVariant
    indicator_version: int
    tally: Tally
    attainment: Attainment
    band: Band | None
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class TargetStanding:
    """How a target stands on `valid_on`, in each of its readings."""

    target: Target
    valid_on: date
    variants: list[VariantStanding]


@dataclass(frozen=True, slots=True)
class TargetsResult:
    """All targets as they stand on `valid_on`, at one edition."""

    receipt: Receipt
    valid_on: date
    targets: list[TargetStanding]


class EvaluateTargets:
    """Counts each target's readings over the columnar copy."""

    refusals: ClassVar = (InvalidRequest, ParameterUndefined)

    def __init__(
        self,
        count: CountCoverage,
        issue: IssueReceipt,
        database: Database,
        definitions: Definitions,
        clock: Clock,
    ) -> None:
        self._count = count
        self._issue = issue
        self._database = database
        self._definitions = definitions
        self._clock = clock

    async def answer(
        self,
        valid_on: date | None,
        edition: int | None,
        areas: tuple[str, ...] | None,
        only: tuple[str, ...] = (),
    ) -> TargetsResult:
        """Every target on `valid_on` (by default today), on its deadline once that has passed.

        Own targets follow those of the service; `only` names the targets asked for. All are counted
        at the same edition, also while a newer one arrives.
        """
        settled = await self._count.settled_edition(edition)
        requested_on = valid_on or self._clock.today()
        standings = []
        for target in await self._targets(settled.number, areas, only):
            day = min(target.deadline, requested_on)
            variants = [
                await self._standing(target, variant, day, settled.number, areas)
                for variant in target.variants
            ]
            standings.append(TargetStanding(target, day, variants))
        receipt = self._issue(
            settled,
            (standing.valid_on for standing in standings),
            (v.variant.indicator for standing in standings for v in standing.variants),
            areas,
        )
        return TargetsResult(receipt, requested_on, standings)

    async def visible_to(self, edition: int, areas: tuple[str, ...] | None) -> dict[str, Target]:
        """The targets, by id, that a caller limited to `areas` sees at an edition."""
        async with self._database.reading() as connection:
            own = await believed_targets(connection, edition)
        known = dict(self._definitions.targets)
        return known | {it.target.id: it.target for it in own if visible(it.areas, areas)}

    async def _targets(
        self, edition: int, areas: tuple[str, ...] | None, only: tuple[str, ...]
    ) -> list[Target]:
        known = await self.visible_to(edition, areas)
        unknown = [
            Violation("/target", "unknown_target", name) for name in only if name not in known
        ]
        if unknown:
            raise InvalidRequest(*unknown)
        return [known[name] for name in only or known]

    async def _standing(
        self,
        target: Target,
        variant: TargetVariant,
        day: date,
        edition: int,
        areas: tuple[str, ...] | None,
    ) -> VariantStanding:
        """Before its deadline a target has a course, afterwards it is judged."""
        reading = self._definitions.target_reading
        ahead = day < target.deadline
        course = [
            (at, await self._tally(target, variant, at, edition, areas))
            for at in (months_before(day, reading.trend_months) if ahead else [day])
        ]
        tally = course[-1][1]
        return VariantStanding(
            variant,
            self._definitions.indicators[variant.indicator].version,
            tally,
            attainment(target.goal, tally),
            band_of(target.goal, tally, reading.bands),
            outlook(day, target.deadline, target.goal, course) if ahead else NO_OUTLOOK,
        )

    async def _tally(
        self,
        target: Target,
        variant: TargetVariant,
        day: date,
        edition: int,
        areas: tuple[str, ...] | None,
    ) -> Tally:
        request = CoverageRequest(
            variant.indicator,
            filters=target.filters,
            valid_on=day,
            edition=edition,
            areas=areas,
        )
        try:
            return (await self._count.answer(request)).count.total
        except InvalidRequest:  # its area or body was taken back since
            return Tally(0, 0)
