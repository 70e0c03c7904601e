"""`GET /v1/targets`: goals with a date, and how they stand."""

from typing import Any

from fastapi import APIRouter, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS, tally
from metrics_api.api.errors import PARAMETER_UNDEFINED
from metrics_api.api.parameters import AtEdition, ReadingCaller, ValidOn
from metrics_api.api.schemas import Targets
from metrics_api.domain.indicators import Wording
from metrics_api.usecases.evaluate_targets import EvaluateTargets, TargetStanding, VariantStanding
from servicekit.problems import responses


def targets_router() -> APIRouter:
    """The route of the targets."""
    router = APIRouter(tags=["targets"])

    @router.get(
        "/v1/targets",
        operation_id="list_targets",
        summary="Targets and their attainment 目标及达成情况",
        response_model=Targets,
        responses={**ANSWER_FORMS, **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED)},
    )
    async def targets(
        request: Request,
        answering: Answering,
        caller: ReadingCaller,
        valid_on: ValidOn = None,
        edition: AtEdition = None,
    ) -> Response:
        """Every target as it stands on `valid_on`; once its deadline has passed, as it stood then.

        Where the source does not say whom the share is of, each reading is answered.
        """
        evaluate: EvaluateTargets = request.app.state.evaluate_targets
        answer = await evaluate.answer(valid_on, edition, caller.areas)
        document = {
            "valid_on": answer.valid_on,
            "targets": [_target(standing) for standing in answer.targets],
        }
        pinned = {"valid_on": answer.valid_on}
        return answering.answer(
            answer.receipt, document, pinned, Sheet(Targets, "targets.variants")
        )

    return router


def _target(standing: TargetStanding) -> dict[str, Any]:
    target = standing.target
    return {
        "id": target.id,
        "title": _wording(target.title),
        "goal": float(target.goal),
        "deadline": target.deadline,
        "reference": target.reference,
        "filters": target.filters,
        "valid_on": standing.valid_on,
        "variants": [_variant(variant) for variant in standing.variants],
    }


def _variant(standing: VariantStanding) -> dict[str, Any]:
    variant = standing.variant
    return {
        "id": variant.id,
        "title": _wording(variant.title),
        "indicator": variant.indicator,
        "indicator_version": standing.indicator_version,
        **tally(standing.tally),
        "attained": standing.attainment.attained,
        "missing": standing.attainment.missing,
    }


def _wording(wording: Wording) -> dict[str, str]:
    return {"zh": wording.zh, "en": wording.en}
