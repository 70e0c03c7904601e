"""`/v1/targets`: goals with a date, those of the service and one's own, and how they stand."""

from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS, tally
from metrics_api.api.errors import PARAMETER_UNDEFINED, TARGET_BUILT_IN, TOO_MANY_TARGETS
from metrics_api.api.parameters import AtEdition, ReadingCaller, ValidOn, WritingCaller, split
from metrics_api.api.target_schemas import OneTarget, TargetDraftDocument, TargetList
from metrics_api.domain.indicators import Wording
from metrics_api.domain.targets import Target, TargetVariant
from metrics_api.storage.definition_files import Definitions, TargetReading
from metrics_api.usecases.evaluate_targets import EvaluateTargets, TargetStanding, VariantStanding
from metrics_api.usecases.keep_targets import KeepTargets, TargetDraft
from servicekit.errors import (
    IDEMPOTENCY_CONFLICT,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    responses,
)
from servicekit.http import IfMatch, etag
from servicekit.ledger import IdempotencyKey, fingerprint

PATH = "/v1/targets"
_WRITE_PROBLEMS = (*READ_PROBLEMS, OUTSIDE_AREAS, MALFORMED_JSON, PAYLOAD_TOO_LARGE)
_CHANGE_PROBLEMS = (NOT_FOUND, TARGET_BUILT_IN, PRECONDITION_FAILED, PRECONDITION_REQUIRED)

TargetId = Annotated[str, Path(max_length=100, description="Id of the target 目标编号")]


def targets_router() -> APIRouter:
    """The routes of the targets."""
    router = APIRouter(tags=["targets"])

    @router.get(
        PATH,
        operation_id="list_targets",
        summary="Targets and their attainment 目标及达成情况",
        response_model=TargetList,
        responses={**ANSWER_FORMS, **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED)},
    )
    async def targets(
        request: Request,
        answering: Answering,
        caller: ReadingCaller,
        valid_on: ValidOn = None,
        edition: AtEdition = None,
        target: Annotated[
            list[str] | None, Query(description="Ids of targets; all by default 目标编号")
        ] = None,
    ) -> Response:
        """Every target as it stands on `valid_on`; once its deadline has passed, as it stood then.

        Where the source does not say whom the share is of, each reading is answered. Before the
        deadline: the pace needed, and the day on which the trend of the last months attains it.
        """
        evaluate: EvaluateTargets = request.app.state.evaluate_targets
        answer = await evaluate.answer(valid_on, edition, caller.areas, split(target))
        known: Definitions = request.app.state.definitions
        document = {
            "valid_on": answer.valid_on,
            **_reading(known.target_reading),
            "targets": [_standing(standing) for standing in answer.targets],
        }
        pinned = {"valid_on": answer.valid_on}
        sheet = Sheet(TargetList, "targets.variants")
        return answering.answer(answer.receipt, document, pinned, sheet)

    @router.post(
        PATH,
        operation_id="create_target",
        summary="Set a target 新增自定目标",
        status_code=201,
        response_model=OneTarget,
        responses=responses(*_WRITE_PROBLEMS, TOO_MANY_TARGETS, IDEMPOTENCY_CONFLICT),
    )
    async def create(
        request: Request,
        caller: WritingCaller,
        body: TargetDraftDocument,
        response: Response,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        """A share of an indicator to be reached by a day, for an area, a body or any selection.

        A caller limited to areas sets targets for them; it is shown and counted from now on.
        """
        keep: KeepTargets = request.app.state.keep_targets
        print_ = fingerprint(request.url.path, await request.body())
        identifier = await keep.create(caller, _draft(body), idempotency_key, print_)
        response.headers["location"] = f"{PATH}/{identifier}"
        return await _shown(request, caller, identifier, response)

    @router.get(
        f"{PATH}/{{target_id}}",
        operation_id="read_target",
        summary="How a target is set 目标定义",
        response_model=OneTarget,
        responses=responses(*READ_PROBLEMS, NOT_FOUND),
    )
    async def read(
        request: Request, caller: ReadingCaller, target_id: TargetId, response: Response
    ) -> dict[str, Any]:
        """What the target says now; its standing is in the list (`target=`)."""
        return await _shown(request, caller, target_id, response)

    @router.put(
        f"{PATH}/{{target_id}}",
        operation_id="replace_target",
        summary="Change a target 修改自定目标",
        response_model=OneTarget,
        responses=responses(*_WRITE_PROBLEMS, *_CHANGE_PROBLEMS),
    )
    async def replace(
        request: Request,
        caller: WritingCaller,
        target_id: TargetId,
        body: TargetDraftDocument,
        response: Response,
        if_match: IfMatch = None,
    ) -> dict[str, Any]:
        """Say it anew, as a whole; answers of earlier editions go on showing what it said then."""
        keep: KeepTargets = request.app.state.keep_targets
        await keep.replace(caller, target_id, _draft(body), if_match)
        return await _shown(request, caller, target_id, response)

    @router.delete(
        f"{PATH}/{{target_id}}",
        operation_id="remove_target",
        summary="Take a target back 删除自定目标",
        status_code=204,
        responses=responses(*READ_PROBLEMS, OUTSIDE_AREAS, *_CHANGE_PROBLEMS),
    )
    async def remove(
        request: Request, caller: WritingCaller, target_id: TargetId, if_match: IfMatch = None
    ) -> None:
        """It is no longer shown; answers of earlier editions go on showing it."""
        keep: KeepTargets = request.app.state.keep_targets
        await keep.remove(caller, target_id, if_match)

    return router


async def _shown(
    request: Request, caller: ReadingCaller, identifier: str, response: Response
) -> dict[str, Any]:
    known: Definitions = request.app.state.definitions
    target = known.targets.get(identifier)
    if target is None:
        keep: KeepTargets = request.app.state.keep_targets
        target = (await keep.find(caller, identifier)).target
    response.headers["etag"] = etag(target.revision)
    return {**_definition(target), "variants": [_variant(it) for it in target.variants]}


def _draft(body: TargetDraftDocument) -> TargetDraft:
    return TargetDraft(
        Wording(body.title.zh, body.title.en),
        body.indicator,
        str(body.goal),
        body.deadline,
        body.reference,
        {name: tuple(dict.fromkeys(values)) for name, values in body.filters.items()},
    )


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


def _definition(target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "revision": target.revision,
        "title": _wording(target.title),
        "goal": float(target.goal),
        "deadline": target.deadline,
        "reference": target.reference,
        "filters": target.filters,
    }


def _variant(variant: TargetVariant) -> dict[str, Any]:
    return {
        "id": variant.id,
        "title": _wording(variant.title),
        "indicator": variant.indicator,
    }


def _standing(standing: TargetStanding) -> dict[str, Any]:
    return {
        **_definition(standing.target),
        "valid_on": standing.valid_on,
        "variants": [_variant_standing(variant) for variant in standing.variants],
    }


def _variant_standing(standing: VariantStanding) -> dict[str, Any]:
    ahead = standing.outlook
    return {
        **_variant(standing.variant),
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


def _wording(wording: Wording) -> dict[str, str]:
    return {"zh": wording.zh, "en": wording.en}
