"""Evaluate every target: attained, or how many organizations are missing."""

from dataclasses import dataclass
from datetime import date

from metrics_api.domain.indicators import Tally
from metrics_api.domain.targets import Attainment, Target, TargetVariant, attainment
from metrics_api.storage.definition_files import Definitions
from metrics_api.usecases.count_coverage import CountCoverage
from metrics_api.usecases.coverage_request import CoverageRequest
from metrics_api.usecases.issue_receipt import IssueReceipt, Receipt
from servicekit.clock import Clock


@dataclass(frozen=True, slots=True)
class VariantStanding:
    """How one reading of a target stands on `valid_on`."""

    variant: TargetVariant
    indicator_version: int
    tally: Tally
    attainment: Attainment


@dataclass(frozen=True, slots=True)
class TargetStanding:
    """How a target stands on `valid_on`, in each of its readings."""

    target: Target
    valid_on: date
    variants: list[VariantStanding]


@dataclass(frozen=True, slots=True)
class TargetsAnswer:
    """All targets as they stand on `valid_on`, at one edition."""

    receipt: Receipt
    valid_on: date
    targets: list[TargetStanding]


class EvaluateTargets:
    """Counts each target's readings over the columnar copy."""

    def __init__(
        self, count: CountCoverage, issue: IssueReceipt, definitions: Definitions, clock: Clock
    ) -> None:
        self._count = count
        self._issue = issue
        self._definitions = definitions
        self._clock = clock

    async def answer(
        self, valid_on: date | None, edition: int | None, areas: tuple[str, ...] | None
    ) -> TargetsAnswer:
        """Every target on `valid_on` (by default today), on its deadline once that has passed.

        All are counted at the same edition, also while a newer one arrives.
        """
        settled = await self._count.settled_edition(edition)
        asked = valid_on or self._clock.today()
        standings = []
        for target in self._definitions.targets.values():
            day = min(target.deadline, asked)
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
        return TargetsAnswer(receipt, asked, standings)

    async def _standing(
        self,
        target: Target,
        variant: TargetVariant,
        day: date,
        edition: int,
        areas: tuple[str, ...] | None,
    ) -> VariantStanding:
        request = CoverageRequest(
            variant.indicator,
            filters=target.filters,
            valid_on=day,
            edition=edition,
            areas=areas,
        )
        tally = (await self._count.answer(request)).count.total
        version = self._definitions.indicators[variant.indicator].version
        return VariantStanding(variant, version, tally, attainment(target.goal, tally))
