"""Routes of advice on one organization: guidance, and what stands against a grade."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from registry_api.api.dependencies import USUAL, Made, OrganizationId, Reader, Then
from registry_api.api.errors import ORGANIZATION_VOID
from registry_api.domain.code_lists import Coded
from registry_api.domain.evaluation import BASIS, SOURCE
from registry_api.domain.guidance import Guidance
from servicekit.errors import AHEAD_OF_HEAD, NOT_FOUND, preferred_language, responses

router = APIRouter(tags=["advice"])

_Language = Annotated[str | None, Header(alias="accept-language", include_in_schema=False)]


class FormOut(BaseModel):
    """The recommended form, and why 建议组建方式."""

    model_config = ConfigDict(populate_by_name=True)
    rule: str = Field(description="The rule that recommends it 规则")
    mode: Literal["solo", "joint", "keep", "worker", "none"] = Field(
        description="solo 单独 · joint 联合 · keep 已建立 · worker 选派指导员、联络员 · none 无需"
    )
    form: str | None = Field(description="Code list `party_organization_form` 党组织形式")
    with_: list[str] = Field(alias="with", description="Whom to join with, where known 联合对象")
    reason: str = Field(description="Why, of this organization 理由")
    clause: str = Field(description="The words it rests on 条文")
    source: str = Field(description="Where they stand 出处")
    basis: str = Field(description="S speech · N national · L local · I inference 依据类别")


class MechanismOut(BaseModel):
    """A mechanism that fits the kind 工作机制."""

    mechanism: str = Field(description="机制")
    title: str = Field(description="In words 名称")
    in_place: bool | None = Field(description="Whether it is; null: not recorded 是否已落实")
    source: str = Field(description="Where it stands 出处")
    basis: str = Field(description="依据类别")


class PriorityOut(BaseModel):
    """Who comes first 先后."""

    level: Literal["first", "high", "normal", "none"] = Field(description="优先级")
    reason: str = Field(description="Why 理由")
    source: str = Field(description="出处")
    basis: str = Field(description="依据类别")


class GuidanceOut(BaseModel):
    """What is recommended for an organization 分类指导."""

    id: UUID = Field(description="The organization 编号")
    name: str = Field(description="名称")
    valid_on: date = Field(description="The day 有效日期")
    recommendation: FormOut = Field(description="建议组建方式")
    mechanisms: list[MechanismOut] = Field(description="工作机制")
    priority: PriorityOut = Field(description="组建先后")


class GroundOut(BaseModel):
    """Something that stands against the grade 一票否决理由."""

    ground: Annotated[str, Coded("veto_ground")] = Field(description="理由代码")
    detail: str = Field(description="In words, zh or en by Accept-Language 说明")
    source: str = Field(description="Where it stands 出处")
    basis: str = Field(description="依据类别")


class EvaluationEligibilityOut(BaseModel):
    """Whether a grade could be given 等级评估资格."""

    id: UUID = Field(description="The organization 编号")
    name: str = Field(description="名称")
    valid_on: date = Field(description="The day 有效日期")
    grade: str = Field(description="The grade asked about 拟评等级")
    eligible: bool = Field(description="Nothing stands against it 可否参评")
    grounds: list[GroundOut] = Field(description="Everything that does 一票否决理由")


@router.get(
    "/v1/organizations/{organization_id}/guidance",
    operation_id="read_guidance",
    summary="The recommended form of Party building 分类指导",
    response_model=GuidanceOut,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_guidance(
    caller: Reader,
    factory: Made,
    organization_id: OrganizationId,
    then: Then,
    accept_language: _Language = None,
) -> GuidanceOut:
    """Solo, joint (and with whom) or a worker; mechanisms that fit the kind; who comes first."""
    document, day, guidance = await factory.advise_organization.guidance(
        caller, organization_id, then
    )
    language = preferred_language(accept_language)
    priority = guidance.priority
    return GuidanceOut.model_validate(
        {
            "id": organization_id,
            "name": document["name"],
            "valid_on": day,
            "recommendation": _form(guidance, language),
            "mechanisms": [
                {
                    "mechanism": mechanism.name,
                    "title": mechanism.title.say(language),
                    "in_place": in_place,
                    "source": mechanism.source,
                    "basis": mechanism.basis,
                }
                for mechanism, in_place in guidance.mechanisms
            ],
            "priority": {
                "level": priority.level,
                "reason": priority.reason.say(language),
                "source": priority.source,
                "basis": priority.basis,
            },
        }
    )


def _form(guidance: Guidance, language: str) -> dict[str, object]:
    rule = guidance.form
    return {
        "rule": rule.name,
        "mode": rule.mode,
        "form": rule.form,
        "with": [words.say(language, {"value": value}) for words, value in guidance.with_],
        "reason": rule.reason.say(language),
        "clause": rule.clause.say(language),
        "source": rule.source,
        "basis": rule.basis,
    }


@router.get(
    "/v1/organizations/{organization_id}/evaluation-eligibility",
    operation_id="read_evaluation_eligibility",
    summary="What stands against a grade 等级评估资格",
    response_model=EvaluationEligibilityOut,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_evaluation_eligibility(
    caller: Reader,
    factory: Made,
    organization_id: OrganizationId,
    then: Then,
    grade: Annotated[
        Literal["1A", "2A", "3A", "4A", "5A"], Query(description="The grade to ask about 拟评等级")
    ],
    accept_language: _Language = None,
) -> EvaluationEligibilityOut:
    """The veto asked beforehand: an evaluation recorded on that day would give the same answer."""
    document, day, grounds = await factory.advise_organization.evaluation(
        caller, organization_id, then, grade
    )
    language = preferred_language(accept_language)
    return EvaluationEligibilityOut(
        id=organization_id,
        name=document["name"],
        valid_on=day,
        grade=grade,
        eligible=not grounds,
        grounds=[
            GroundOut(ground=g.code, detail=g.text.say(language), source=SOURCE, basis=BASIS)
            for g in grounds
        ],
    )
