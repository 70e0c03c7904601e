"""Show the rates of today as gauges, for dashboards and alerts of operators.

One series per indicator and per reading of a target that comes with the service: as many as there
are definition files, never one per area, body or own target. Every process of `serve` shows the
same figures.
"""

import contextlib
from contextlib import AbstractAsyncContextManager
from datetime import datetime, time, timedelta

import structlog
from prometheus_client import Gauge

from metrics_api.counting.copy.live_copy import LiveCopy
from metrics_api.counting.request import CoverageRequest
from metrics_api.coverage.count import CountCoverage
from metrics_api.definitions.load import Definitions
from metrics_api.targets.evaluate import EvaluateTargets
from servicekit.background import Loop
from servicekit.time import CIVIL_ZONE, Clock

log = structlog.get_logger()

RATE = Gauge("metrics_indicator_rate", "Share of one today; absent of nobody", ["indicator"])
RATIO = Gauge(
    "metrics_indicator_ratio", "Ratio of two sums today; absent where one is zero", ["indicator"]
)
NUMERATOR = Gauge("metrics_indicator_numerator", "What counts today", ["indicator"])
DENOMINATOR = Gauge("metrics_indicator_denominator", "Of how much", ["indicator"])
MISSING = Gauge(
    "metrics_target_missing", "Organizations missing to the target", ["target", "variant"]
)
DEADLINE = Gauge(
    "metrics_target_deadline_timestamp_seconds", "When the last day of the target ends", ["target"]
)
SHOWN_EDITION = Gauge("metrics_indicator_edition", "Edition that the figures were counted at")
KNOWN_AT = Gauge(
    "metrics_indicator_known_timestamp_seconds", "When that edition was recorded; 0 of none"
)
SHOWN_AT = Gauge("metrics_indicator_counted_timestamp_seconds", "When the figures were counted")

_EVERY_SECONDS = 15.0


class ShowGauges:
    """Counts anew when there is a newer edition or day, at most every fifteen seconds."""

    def __init__(
        self,
        count: CountCoverage,
        evaluate: EvaluateTargets,
        live: LiveCopy,
        definitions: Definitions,
        clock: Clock,
    ) -> None:
        self._count = count
        self._evaluate = evaluate
        self._live = live
        self._definitions = definitions
        self._clock = clock
        self._shown: object = None

    def running(self) -> AbstractAsyncContextManager[None]:
        """Show figures while the context is open.

        Where counting fails, the time of counting shows that the figures are old.
        """
        return Loop(
            name="gauges",
            step=self.show,
            every=_EVERY_SECONDS,
            failed=lambda error: log.warning("headlines_not_counted", error=repr(error)),
        ).running()

    async def show(self) -> None:
        """Count all of it at one edition, unless edition and day are still those shown."""
        edition, today = self._live.served.edition, self._clock.today()
        if (edition.number, today) != self._shown:
            for indicator in self._definitions.indicators:
                request = CoverageRequest(indicator, valid_on=today, edition=edition.number)
                tally = (await self._count.answer(request)).count.total
                NUMERATOR.labels(indicator).set(tally.numerator / tally.divisors.numerator)
                DENOMINATOR.labels(indicator).set(tally.denominator / tally.divisors.denominator)
                gauge = RATE if tally.is_share else RATIO
                if tally.rate is None:
                    _forget(gauge, indicator)
                else:
                    gauge.labels(indicator).set(tally.rate)
            names = tuple(self._definitions.targets)
            result = await self._evaluate.answer(today, edition.number, None, names)
            for standing in result.targets:
                over = standing.target.deadline + timedelta(days=1)
                ends = datetime.combine(over, time(), CIVIL_ZONE).timestamp()
                DEADLINE.labels(standing.target.id).set(ends)
                for variant in standing.variants:
                    gauge = MISSING.labels(standing.target.id, variant.variant.id)
                    gauge.set(variant.attainment.missing)
            self._shown = (edition.number, today)
        SHOWN_EDITION.set(edition.number)
        KNOWN_AT.set(edition.recorded_at.timestamp() if edition.recorded_at else 0)
        SHOWN_AT.set(self._clock.now().timestamp())


def _forget(gauge: Gauge, indicator: str) -> None:
    with contextlib.suppress(KeyError):
        gauge.remove(indicator)
