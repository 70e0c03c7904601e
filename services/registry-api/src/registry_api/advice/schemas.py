"""What advice takes in and gives out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import CivilDate


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


MAX_CANDIDATES = 200


class CandidateIn(BaseModel):
    """A candidate and the score given outside 候选组织."""

    model_config = ConfigDict(extra="forbid")
    id: UUID | None = Field(None, description="编号")
    credit_code: Annotated[
        str | None, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z ]*$")
    ] = Field(None, description="统一社会信用代码")
    score: float = Field(ge=-1e9, le=1e9, allow_inf_nan=False, description="Higher is better 得分")

    @model_validator(mode="after")
    def _named_once(self) -> "CandidateIn":
        if (self.id is None) == (self.credit_code is None):
            raise PydanticCustomError("candidate_name", "id or credit_code")
        return self


class RankingIn(BaseModel):
    """Who competes 候选组织."""

    model_config = ConfigDict(extra="forbid")
    valid_on: CivilDate | None = Field(None, description="Default today 有效日期")
    candidates: list[CandidateIn] = Field(
        min_length=1, max_length=MAX_CANDIDATES, description="At most 200 候选组织"
    )


class CriterionOut(BaseModel):
    """A criterion and whether it is met 评判标准."""

    criterion: str = Field(description="标准")
    title: str = Field(description="In words, zh or en by Accept-Language 说明")
    met: bool = Field(description="是否符合")


class RankedOut(BaseModel):
    """A candidate's place, and why 排名."""

    rank: int | None = Field(description="From 1 on; null: not ranked 名次")
    tied: bool = Field(description="Others share the place 是否并列")
    preferred: bool = Field(
        description="Stands before others of the same score because of the clause 是否因条款优先"
    )
    id: UUID = Field(description="The organization 编号")
    name: str = Field(description="名称")
    score: float = Field(description="As it was sent 得分")
    works_well: bool = Field(description="Its Party organization works well 党组织作用发挥好")
    criteria: list[CriterionOut] = Field(description="What that is judged by 评判标准")
    barred: list[CriterionOut] = Field(description="Why it is not ranked 不予排名的理由")


class RankingOut(BaseModel):
    """Who goes first, and under which clause 同等条件下优先."""

    valid_on: date = Field(description="The day 有效日期")
    clause: str = Field(description="The words it rests on 条文")
    source: str = Field(description="Where they stand 出处")
    basis: str = Field(description="依据类别")
    items: list[RankedOut] = Field(description="In order; who is not ranked last 排名")
