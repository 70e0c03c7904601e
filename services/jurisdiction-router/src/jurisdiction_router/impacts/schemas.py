"""What impacts look like in the specification."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from jurisdiction_router.field_types import (
    Party,
)
from servicekit.http import Page


class Answer(BaseModel):
    """Who supervises, if anyone does 归口."""

    outcome: Literal["assigned", "needs_decision", "out_of_scope"] = Field(description="结论")
    supervising: Party | None = Field(description="领导和管理的党组织")


class Flow(BaseModel):
    """From whom to whom 流向."""

    before: Answer | None = Field(description="Null: no assignment 变更前")
    after: Answer | None = Field(description="Null: no assignment 变更后")
    organizations: int = Field(description="How many move 组织数")


class BodyBalance(BaseModel):
    """What a body gains and loses 党组织增减."""

    body: Party = Field(description="党组织")
    gained: int = Field(description="增加")
    lost: int = Field(description="减少")
    net: int = Field(description="净变化")


class OutcomeBalance(BaseModel):
    """What an outcome gains and loses 结论增减."""

    outcome: str | None = Field(description="Null: no assignment 结论")
    gained: int = Field(description="增加")
    lost: int = Field(description="减少")
    net: int = Field(description="净变化")


class Move(BaseModel):
    """An organization that would move, over these days 变动."""

    organization_id: str = Field(description="社会组织编号")
    area: str = Field(
        description="Where the domicile lies then, else the authority, as in its assignment 区划"
    )
    area_after: str = Field(description="The same as it would be 变更后区划")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")
    before: Answer | None = Field(description="Null: no assignment 变更前")
    after: Answer | None = Field(description="Null: no assignment 变更后")


class MovePage(Page[Move]):
    """A page of moves 变动列表."""

    items: list[Move] = Field(description="By organization and date 变动")


class ImpactResult(BaseModel):
    """The sums of an impact 影响汇总."""

    valid_on: str = Field(description="The day that is summed up 汇总日期")
    assessed: int | None = Field(
        description="Organizations in the territory; null for a caller limited to areas 组织数"
    )
    digest: str | None = Field(
        description="SHA-256 of the whole list, which an approval is bound to; null for a caller "
        "limited to areas, unless it is of a restructuring that lies in them as a whole 摘要"
    )
    moved: int = Field(description="Organizations that move on that day 当日变动的组织数")
    moved_on_any_day: int = Field(description="Organizations that move on some day 变动的组织数")
    flows: list[Flow] = Field(description="That day, the largest first 流向")
    bodies: list[BodyBalance] = Field(description="党组织增减")
    outcomes: list[OutcomeBalance] = Field(description="结论增减")
    samples: list[Move] = Field(description="Three of each of the twenty largest flows 样本")


class Impact(BaseModel):
    """What a proposal would change in the register 影响."""

    id: str = Field(description="编号")
    of: dict[str, Any] = Field(description="What is proposed 拟议内容")
    state: Literal["queued", "running", "succeeded", "failed"] = Field(description="状态")
    done: int | None = Field(
        description="Distinct facts decided; null for a caller limited to areas 已处理"
    )
    total: int | None = Field(description="Distinct facts, once counted 总数")
    error: str | None = Field(description="Why it failed 失败原因")
    created_at: str = Field(description="RFC 3339")
    updated_at: str = Field(description="RFC 3339")
    result: ImpactResult | None = Field(description="Once it has succeeded 结果")
