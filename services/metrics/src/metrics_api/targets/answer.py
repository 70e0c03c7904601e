"""Answer how the targets stand, as a document with its receipt; and what one target says."""

from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from metrics_api.answers.answer import Answer
from metrics_api.answers.documents import tally
from metrics_api.answers.tables import TableLayout
from metrics_api.core.definitions.targets import Target, TargetVariant
from metrics_api.definitions.load import Definitions, TargetReading
from metrics_api.targets.evaluate import EvaluateTargets, TargetStanding, VariantStanding
from metrics_api.targets.schemas import TargetList
from servicekit.errors import Text


class AnswerTargets:
    """Evaluates targets, and says what that rests on."""

    refusals: ClassVar = (EvaluateTargets,)

    def __init__(self, evaluate: EvaluateTargets, definitions: Definitions) -> None:
        self._evaluate = evaluate
        self._definitions = definitions

    async def __call__(
        self,
        valid_on: date | None,
        edition: int | None,
        areas: tuple[str, ...] | None,
        only: tuple[str, ...],
    ) -> Answer:
        """How the targets stand."""
        result = await self._evaluate.answer(valid_on, edition, areas, only)
        document = {
            "valid_on": result.valid_on,
            **_reading(self._definitions.target_reading),
            "targets": [_standing(standing) for standing in result.targets],
        }
        layout = TableLayout(TargetList, "targets.variants")
        return Answer(document, layout, result.receipt, {"valid_on": result.valid_on})


def target_document(target: Target) -> dict[str, Any]:
    """A target as it is set, with its variants."""
    variants = [variant_document(variant) for variant in target.variants]
    return {**definition_document(target), "variants": variants}


def _reading(reading: TargetReading) -> dict[str, Any]:
    return {
        "trend_months": reading.trend_months,
        "bands": [
            {
                "id": band.id,
                "title": _wording(band.title),
                "short_by_at_most": float(band.short_by_at_most),
                "colour": band.colour,
            }
            for band in reading.bands
        ],
    }


def definition_document(target: Target) -> dict[str, Any]:
    """What a target says, but for its variants."""
    return {
        "id": target.id,
        "revision": target.revision,
        "title": _wording(target.title),
        "goal": float(target.goal),
        "deadline": target.deadline,
        "reference": target.reference,
        "filters": target.filters,
    }


def variant_document(variant: TargetVariant) -> dict[str, Any]:
    """How a reading of a target is defined."""
    return {
        "id": variant.id,
        "title": _wording(variant.title),
        "indicator": variant.indicator,
    }


def _standing(standing: TargetStanding) -> dict[str, Any]:
    return {
        **definition_document(standing.target),
        "valid_on": standing.valid_on,
        "variants": [_variant_standing(variant) for variant in standing.variants],
    }


def _variant_standing(standing: VariantStanding) -> dict[str, Any]:
    ahead = standing.outlook
    return {
        **variant_document(standing.variant),
        "indicator_version": standing.indicator_version,
        **tally(standing.tally),
        "attained": standing.attainment.attained,
        "missing": standing.attainment.missing,
        "band": standing.band.id if standing.band else None,
        "needed_per_month": _per_month(ahead.needed),
        "gained_per_month": _per_month(ahead.gained),
        "projected_on": ahead.projected_on,
    }


def _per_month(rate: Fraction | None) -> float | None:
    return None if rate is None else float(round(rate, 2))


def _wording(wording: Text) -> dict[str, str]:
    return {"zh": wording.zh, "en": wording.en}
