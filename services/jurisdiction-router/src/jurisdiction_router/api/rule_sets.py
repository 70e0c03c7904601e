"""Routes of rule sets: activate, list, read."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from jurisdiction_router.api.dependencies import JSON, USUAL, Made, Reader, Writer
from jurisdiction_router.api.errors import (
    RULE_SET_IMMUTABLE,
    RULE_SET_INVALID,
    RULE_SET_TESTS_FAILED,
    RULE_SET_UNPROVED,
    RULE_SET_UNREADABLE,
)
from jurisdiction_router.api.schemas import RuleSetActivated, RuleSets, RuleSetWithContent
from servicekit.problems import Problem, responses
from servicekit.standard_problems import (
    BAD_REQUEST,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
)

router = APIRouter(tags=["rule sets"])

_FILE = {"schema": {"type": "object"}}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A rule set in YAML or JSON 规则集文件",
        "content": {"application/yaml": _FILE, "application/json": _FILE},
    }
}


@router.post(
    "/v1/rule-sets",
    operation_id="activate_rule_set",
    summary="Activate a rule set 规则集生效",
    status_code=201,
    response_model=RuleSetActivated,
    responses={
        200: {"model": RuleSetActivated, "description": "It was there already 已存在"},
        **responses(
            *USUAL, RULE_SET_UNREADABLE, RULE_SET_INVALID, RULE_SET_UNPROVED,
            RULE_SET_TESTS_FAILED, RULE_SET_IMMUTABLE, OUTSIDE_AREAS, PAYLOAD_TOO_LARGE,
            BAD_REQUEST,
        ),
    },
    openapi_extra=_BODY,
)  # fmt: skip
async def activate_rule_set(request: Request, caller: Writer, factory: Made) -> Response:
    """Read, prove (total, free of conflict, every rule reachable), test, store for good.

    It is in force from its `valid_from`; the organizations in its scope are assessed again.
    """
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(BAD_REQUEST) from None
    done = await factory.activate_rule_set(caller, text)
    moved = orjson.dumps({"reassessed": done.reassessed, "reassigned": done.reassigned}).decode()
    rule_set_id = orjson.loads(done.document)["id"]
    return Response(
        f"{done.document[:-1]},{moved[1:]}",
        201 if done.new else 200,
        {"location": f"/v1/rule-sets/{rule_set_id}"},
        JSON,
    )


@router.get(
    "/v1/rule-sets",
    operation_id="list_rule_sets",
    summary="List rule sets 规则集列表",
    response_model=RuleSets,
    responses=responses(*USUAL),
)
async def list_rule_sets(caller: Reader, factory: Made) -> Response:
    """All rule sets whose territory meets the caller's."""
    return Response(await factory.read_rule_sets.all(caller), media_type=JSON)


@router.get(
    "/v1/rule-sets/{rule_set_id}",
    operation_id="get_rule_set",
    summary="Read a rule set 读取规则集",
    response_model=RuleSetWithContent,
    responses=responses(*USUAL, NOT_FOUND),
)
async def get_rule_set(
    caller: Reader,
    factory: Made,
    rule_set_id: Annotated[str, Path(max_length=100, description="规则集编号")],
) -> Response:
    """A rule set with everything its file says."""
    return Response(await factory.read_rule_sets.one(caller, rule_set_id), media_type=JSON)
