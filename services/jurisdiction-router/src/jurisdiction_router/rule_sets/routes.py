"""Routes of rule sets: their drafts, proof, tests, differences, and their way into force."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from jurisdiction_router.dependencies import JSON, Approver, Reader, Writer, answered
from jurisdiction_router.impacts.read import ReadImpact
from jurisdiction_router.impacts.schemas import Impact
from jurisdiction_router.rule_sets.approve import ApproveRuleSet
from jurisdiction_router.rule_sets.draft import DraftRuleSet
from jurisdiction_router.rule_sets.propose import ProposeRuleSet
from jurisdiction_router.rule_sets.prove import ProveRuleSet
from jurisdiction_router.rule_sets.read import ReadRuleSets
from jurisdiction_router.rule_sets.schemas import (
    ApprovalIn,
    Difference,
    PlanIn,
    Proof,
    RuleSet,
    RuleSets,
    RuleSetWithContent,
    RuleSetWithdrawalIn,
    TestRun,
)
from servicekit.errors import (
    BadRequest,
    MalformedJson,
    PayloadTooLarge,
    responses,
)
from servicekit.http import USUAL, IfMatch, etag, provided
from servicekit.ledger import Guarded, Unguarded

router = APIRouter(tags=["rule sets"])

Draft = Annotated[DraftRuleSet, provided(DraftRuleSet)]
Read = Annotated[ReadRuleSets, provided(ReadRuleSets)]
ReadOneImpact = Annotated[ReadImpact, provided(ReadImpact)]
Prove = Annotated[ProveRuleSet, provided(ProveRuleSet)]
Propose = Annotated[ProposeRuleSet, provided(ProposeRuleSet)]
Approve = Annotated[ApproveRuleSet, provided(ApproveRuleSet)]

PATH = "/v1/rule-sets"
ONE = f"{PATH}/{{rule_set_id}}"
RuleSetId = Annotated[
    str, Path(max_length=100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", description="规则集编号")
]
_FILE = {"schema": {"type": "object"}}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A rule set in YAML or JSON 规则集文件",
        "content": {"application/yaml": _FILE, "application/json": _FILE},
    }
}


@router.post(
    PATH,
    operation_id="draft_rule_set",
    summary="Draft a rule set 起草规则集",
    status_code=201,
    response_model=RuleSet,
    responses={
        200: {"model": RuleSet, "description": "It was there already 已存在"},
        **responses(USUAL, DraftRuleSet.add, PayloadTooLarge, BadRequest),
    },
    openapi_extra=_BODY,
)
async def draft_rule_set(
    request: Request, caller: Writer, draft: Draft, attempt: Unguarded
) -> Response:
    """Read and check a file, and keep it as a draft; nothing is decided by it yet.

    Mistakes name line, rule and field. The same content again changes nothing.
    """
    return answered(await draft.add(caller, await _text(request), attempt))


@router.put(
    ONE,
    operation_id="rewrite_rule_set",
    summary="Rewrite a draft 改写草案",
    response_model=RuleSet,
    responses=responses(USUAL, DraftRuleSet.rewrite, PayloadTooLarge, BadRequest),
    openapi_extra=_BODY,
)
async def rewrite_rule_set(
    request: Request,
    response: Response,
    caller: Writer,
    draft: Draft,
    rule_set_id: RuleSetId,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Replace the content of one that is neither approved nor ever was in force."""
    text = await _text(request)
    document = await draft.rewrite(caller, rule_set_id, text, if_match)
    return _tagged(response, document)


@router.get(
    PATH,
    operation_id="list_rule_sets",
    summary="List rule sets 规则集列表",
    response_model=RuleSets,
    responses=responses(USUAL),
)
async def list_rule_sets(caller: Reader, read: Read) -> dict[str, Any]:
    """All rule sets whose territory meets the caller's, in every stage."""
    return await read.all(caller)


@router.get(
    ONE,
    operation_id="get_rule_set",
    summary="Read a rule set 读取规则集",
    response_model=RuleSetWithContent,
    responses=responses(USUAL, ReadRuleSets.one),
)
async def get_rule_set(
    response: Response, caller: Reader, read: Read, rule_set_id: RuleSetId
) -> dict[str, Any]:
    """A rule set with everything its file says."""
    return _tagged(response, await read.one(caller, rule_set_id))


@router.get(
    f"{ONE}/difference",
    operation_id="compare_rule_sets",
    summary="What differs from another 比较规则集",
    response_model=Difference,
    responses=responses(USUAL, ReadRuleSets.difference),
)
async def compare_rule_sets(
    caller: Reader,
    read: Read,
    rule_set_id: RuleSetId,
    against: Annotated[
        str,
        Query(
            max_length=100,
            pattern="^[a-z0-9]+(-[a-z0-9]+)*$",
            description="The other rule set: before 与之比较的规则集",
        ),
    ],
) -> dict[str, Any]:
    """Rules and tests added, removed and changed, field by field, against the other one."""
    return await read.difference(caller, rule_set_id, against)


@router.get(
    f"{ONE}/tests",
    operation_id="run_rule_set_tests",
    summary="Run its tests 运行用例",
    response_model=TestRun,
    responses=responses(USUAL, ReadRuleSets.tests),
)
async def run_rule_set_tests(caller: Reader, read: Read, rule_set_id: RuleSetId) -> dict[str, Any]:
    """The embedded tests, run now, and how many of them reach each rule."""
    return await read.tests(caller, rule_set_id)


@router.post(
    f"{ONE}/proof",
    operation_id="prove_rule_set",
    summary="Prove a rule set 证明规则集",
    response_model=Proof,
    responses=responses(USUAL, ProveRuleSet),
)
async def prove_rule_set(
    caller: Writer, prove: Prove, rule_set_id: RuleSetId, attempt: Unguarded
) -> Response:
    """Prove it over the directory as it is now, and run its tests; the report is kept.

    Counterexamples are an answer, not an error: `proved` is then false.
    """
    answer = await prove(caller, rule_set_id, attempt)
    return Response(answer.body, answer.status, media_type=JSON)


@router.get(
    f"{ONE}/proof",
    operation_id="get_rule_set_proof",
    summary="Read the last proof 读取证明报告",
    response_model=Proof,
    responses=responses(USUAL, ReadRuleSets.proof),
)
async def get_rule_set_proof(caller: Reader, read: Read, rule_set_id: RuleSetId) -> dict[str, Any]:
    """The report of the last proof."""
    return await read.proof(caller, rule_set_id)


@router.post(
    f"{ONE}/impact",
    operation_id="compute_rule_set_impact",
    summary="What it would change 计算影响",
    status_code=202,
    response_model=Impact,
    responses=responses(USUAL, ProposeRuleSet.start, MalformedJson, PayloadTooLarge),
)  # fmt: skip
async def compute_rule_set_impact(
    response: Response,
    caller: Writer,
    propose: Propose,
    read_impact: ReadOneImpact,
    rule_set_id: RuleSetId,
    body: PlanIn,
    attempt: Unguarded,
) -> dict[str, Any]:
    """Who would move if it were in force (or no more) from that day on; a durable job.

    To roll back, ask for the impact of activating an earlier one.
    """
    impact = await propose.start(caller, rule_set_id, body.action, body.from_, attempt)
    response.headers["location"] = f"/v1/impacts/{impact}"
    return await read_impact.one(caller, impact)


@router.post(
    f"{ONE}/approval",
    operation_id="approve_rule_set",
    summary="Approve what an impact shows 批准",
    response_model=RuleSet,
    responses=responses(USUAL, ApproveRuleSet, MalformedJson, PayloadTooLarge),
)  # fmt: skip
async def approve_rule_set(
    caller: Approver,
    approve: Approve,
    rule_set_id: RuleSetId,
    body: ApprovalIn,
    attempt: Guarded,
) -> Response:
    """Approve, as someone who did not write it, exactly the list that the impact shows.

    It is carried out by itself on its day, at once if that has come. If the register has moved so
    that the impact is another by then, or the proof fails, it is not: `stopped` says why.
    """
    return answered(await approve(caller, rule_set_id, body.impact, body.digest, attempt))


@router.post(
    f"{ONE}/withdrawal",
    operation_id="withdraw_rule_set_approval",
    summary="Take an approval back 撤回批准",
    response_model=RuleSet,
    responses=responses(USUAL, ApproveRuleSet.withdraw, MalformedJson, PayloadTooLarge),
)  # fmt: skip
async def withdraw_rule_set_approval(
    caller: Writer,
    approve: Approve,
    rule_set_id: RuleSetId,
    body: RuleSetWithdrawalIn,
    attempt: Guarded,
) -> Response:
    """Before its day: nothing is carried out."""
    return answered(await approve.withdraw(caller, rule_set_id, body.reason, attempt))


async def _text(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest() from None


def _tagged(response: Response, document: dict[str, Any]) -> dict[str, Any]:
    response.headers["etag"] = etag(document["revision"])
    return document
