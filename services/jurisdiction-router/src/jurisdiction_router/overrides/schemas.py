"""Designations, overrides and disputes as they come in and go out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from jurisdiction_router.field_types import Clause, Strict
from servicekit.http import Page

Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]+$")]
Prose = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]


class ClauseIn(Strict):
    """What a designation rests on 依据条文."""

    source: Line = Field(description="来源")
    article: Line | None = Field(default=None, description="条款位置")
    text: Prose | None = Field(default=None, description="Quoted word for word 原文")


class ReplacedIn(Strict):
    """What the rules said when it was made 指定时规则的结论."""

    outcome: Literal["assigned", "needs_decision", "out_of_scope"] | None = Field(
        description="Null: no rule set was in force 结论"
    )
    body_id: Line | None = Field(description="领导和管理的党组织")


class DesignationIn(Strict):
    """A decision of an authority about one organization 指定归口."""

    body_id: Line = Field(description="The body that shall supervise 指定的党组织")
    valid_from: date = Field(description="First day 起始日（含）")
    valid_until: date = Field(description="First day after; it ends by itself 截止日（不含）")
    authority: Line = Field(description="Who decides, an office 作出指定的机关")
    reference: Line = Field(description="Number of the document that proves it 文号")
    clause: ClauseIn = Field(description="依据条文")
    approver: Line = Field(description="The office or post that approved, no person 批准单位或职务")
    reason: Prose | None = Field(default=None, description="原因")
    replaces: ReplacedIn | None = Field(
        default=None,
        description="What the rules said then; default what they say of `valid_from` 原结论",
    )


class ExpiryIn(Strict):
    """When an override shall expire 变更期限."""

    valid_until: date = Field(
        description="First day after; on `valid_from` it never held 截止日（不含）"
    )
    reason: Prose = Field(description="原因")


class Replaced(BaseModel):
    """What the rules said when it was made 指定时规则的结论."""

    outcome: str | None = Field(description="结论")
    body_id: str | None = Field(description="领导和管理的党组织")


class OverrideRecorded(BaseModel):
    """An override as it was recorded 指定."""

    id: str = Field(description="编号")
    organization_id: str = Field(description="社会组织编号")
    body_id: str = Field(description="指定的党组织")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str = Field(description="截止日（不含）")
    authority: str = Field(description="作出指定的机关")
    reference: str = Field(description="文号")
    clause: Clause = Field(description="依据条文")
    approver: str = Field(description="批准单位或职务")
    reason: str | None = Field(description="原因")
    replaces: Replaced = Field(description="指定时规则的结论")
    dispute: str | None = Field(description="The dispute it settled 所处理的争议")
    recorded_by: str = Field(description="Client 登记的客户端")
    revision: int = Field(description="版本")


class Override(OverrideRecorded):
    """An override and how it stands on the day 指定及其状态."""

    standing: Literal["upcoming", "in_force", "ended", "withdrawn", "lapsed"] = Field(
        description="lapsed: its body has gone without a successor, or the organization has 状态"
    )
    flags: list[Literal["override_redundant", "override_contradicted"]] = Field(
        description="The rules say the same; or no longer what they said when it was made 标记"
    )


class OverridePage(Page[Override]):
    """A page of overrides 指定列表."""

    items: list[Override] = Field(description="指定")


class DisputeIn(Strict):
    """A body says "not ours" 归口异议."""

    organization_id: UUID = Field(description="社会组织编号")
    body_id: Line = Field(description="The body that supervises it today 提出异议的党组织")
    reason: Prose = Field(description="理由")


class DisputeWithdrawalIn(Strict):
    """Why a dispute is withdrawn 撤回."""

    reason: Prose | None = Field(default=None, description="原因")


class DisputeRecorded(BaseModel):
    """A dispute as it was recorded 归口争议."""

    id: str = Field(description="编号")
    organization_id: str = Field(description="社会组织编号")
    body_id: str = Field(description="提出异议的党组织")
    reason: str = Field(description="理由")
    raised_on: str = Field(description="提出日期")
    due_on: str = Field(description="To be settled by (dated parameter) 处理期限")
    state: Literal["open", "settled", "withdrawn"] = Field(description="状态")
    settled_on: str | None = Field(description="处理或撤回日期")
    settled_by: str | None = Field(description="The override that settled it 据以处理的指定")
    recorded_by: str = Field(description="Client 登记的客户端")
    revision: int = Field(description="版本")


class Dispute(DisputeRecorded):
    """A dispute and its clock 归口争议及期限."""

    overdue: bool = Field(description="Open and past its day 是否逾期")


class DisputePage(Page[Dispute]):
    """A page of disputes 争议列表."""

    items: list[Dispute] = Field(description="争议")
