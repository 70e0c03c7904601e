"""`/v1/targets`: goals with a date, those of the service and one's own, and how they stand."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from metrics_api.access import BODY, ReadingCaller, WritingCaller
from metrics_api.answers.parameters import EditionParameter, ValidOn, split
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.targets.answer import AnswerTargets, target_document
from metrics_api.targets.keep import KeepTargets, TargetDraft
from metrics_api.targets.schemas import OneTarget, TargetDraftDocument, TargetList
from servicekit.errors import (
    Text,
    responses,
)
from servicekit.http import USUAL, IfMatch, etag, provided
from servicekit.ledger import Attempt, Unguarded

PATH = "/v1/targets"

TargetId = Annotated[str, Path(max_length=100, description="Id of the target 目标编号")]

router = APIRouter(tags=["targets"])

Answers = Annotated[AnswerTargets, provided(AnswerTargets)]
Keep = Annotated[KeepTargets, provided(KeepTargets)]


@router.get(
    PATH,
    operation_id="list_targets",
    summary="Targets and their attainment 目标及达成情况",
    response_model=TargetList,
    responses={**ANSWER_FORMS, **responses(USUAL, AnswerTargets)},
)
async def targets(
    answer: Answers,
    respond: Respond,
    caller: ReadingCaller,
    valid_on: ValidOn = None,
    edition: EditionParameter = None,
    target: Annotated[
        list[str] | None, Query(description="Ids of targets; all by default 目标编号")
    ] = None,
) -> Response:
    """Every target as it stands on `valid_on`; once its deadline has passed, as it stood then.

    Where the source does not say whom the share is of, each reading is answered. Before the
    deadline: the pace needed, and the day on which the trend of the last months attains it.
    """
    return respond(await answer(valid_on, edition, caller.areas, split(target)))


@router.post(
    PATH,
    operation_id="create_target",
    summary="Set a target 新增自定目标",
    status_code=201,
    response_model=OneTarget,
    responses=responses(USUAL, BODY, KeepTargets.create),
)
async def create(
    keep: Keep,
    caller: WritingCaller,
    body: TargetDraftDocument,
    response: Response,
    attempt: Unguarded,
) -> dict[str, Any]:
    """A share of an indicator to be reached by a day, for an area, a body or any selection.

    A caller limited to areas sets targets for them; it is shown and counted from now on.
    """
    identifier = await keep.create(caller, _draft(body), attempt)
    response.headers["location"] = f"{PATH}/{identifier}"
    return await _shown(keep, caller, identifier, response)


@router.get(
    f"{PATH}/{{target_id}}",
    operation_id="read_target",
    summary="How a target is set 目标定义",
    response_model=OneTarget,
    responses=responses(USUAL, KeepTargets.read),
)
async def read(
    keep: Keep, caller: ReadingCaller, target_id: TargetId, response: Response
) -> dict[str, Any]:
    """What the target says now; its standing is in the list (`target=`)."""
    return await _shown(keep, caller, target_id, response)


@router.put(
    f"{PATH}/{{target_id}}",
    operation_id="replace_target",
    summary="Change a target 修改自定目标",
    response_model=OneTarget,
    responses=responses(USUAL, BODY, KeepTargets.replace),
)
async def replace(
    keep: Keep,
    caller: WritingCaller,
    target_id: TargetId,
    body: TargetDraftDocument,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Say it anew, as a whole; answers of earlier editions go on showing what it said then."""
    await keep.replace(caller, target_id, _draft(body), Attempt(if_match))
    return await _shown(keep, caller, target_id, response)


@router.delete(
    f"{PATH}/{{target_id}}",
    operation_id="remove_target",
    summary="Take a target back 删除自定目标",
    status_code=204,
    responses=responses(USUAL, KeepTargets.remove),
)
async def remove(
    keep: Keep, caller: WritingCaller, target_id: TargetId, if_match: IfMatch = None
) -> None:
    """It is no longer shown; answers of earlier editions go on showing it."""
    await keep.remove(caller, target_id, Attempt(if_match))


async def _shown(
    keep: Keep, caller: ReadingCaller, identifier: str, response: Response
) -> dict[str, Any]:
    target = await keep.read(caller, identifier)
    response.headers["etag"] = etag(target.revision)
    return target_document(target)


def _draft(body: TargetDraftDocument) -> TargetDraft:
    return TargetDraft(
        Text(body.title.zh, body.title.en),
        body.indicator,
        str(body.goal),
        body.deadline,
        body.reference,
        {name: tuple(dict.fromkeys(values)) for name, values in body.filters.items()},
    )
