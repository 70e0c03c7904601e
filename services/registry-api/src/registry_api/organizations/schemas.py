"""What goes in and out over HTTP, beside the organization itself."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import CivilDate
from registry_api.core.organization.state import OrganizationState
from servicekit.http import Page

ObligationKind = Annotated[str, Coded("obligation_kind")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Establishment(OrganizationState):
    """成立登记: the organization, from when, and why.

    Members are collected (0 is an answer), and from 2016 on the charter has its clause.
    """

    effective_on: CivilDate | None = Field(
        None, description="First day; the date of registration when left out 生效日期"
    )
    reason: Reason | None = Field(None, description="Kept in the ledger 原因")


class Organization(OrganizationState):
    """社会组织 social organization."""

    id: UUID = Field(description="Its id for ever 编号")
    revision: int = Field(description="Counts its changes from 1; also its ETag 版本")


class ObligationOut(BaseModel):
    """What is owed, by when, and under which clause 待办义务."""

    kind: ObligationKind = Field(description="What is owed 事项")
    since: date = Field(description="Owed since 起算日期")
    due_on: date | None = Field(
        description="Owed by the end of this day; null where no term is set 期限（含当日）"
    )
    clause: str = Field(description="The words it rests on 条文")
    source: str = Field(description="Where they stand 出处")
    basis: str = Field(description="S speech · N national · L local · I inference 依据类别")


class EstablishedOrganization(Organization):
    """A new organization and what it owes 新登记的社会组织."""

    obligations: list[ObligationOut] = Field(description="What follows from 三同步 待办义务")


MAX_LOOKUPS = 1_000


class PartialOrganization(BaseModel):
    """The members of an organization that `fields` named 部分字段."""

    model_config = ConfigDict(extra="allow")
    id: UUID = Field(description="Its id for ever 编号")
    revision: int = Field(description="Counts its changes from 1 版本")


class OrganizationPage(BaseModel):
    """A page of organizations 分页结果."""

    items: list[Organization] | list[PartialOrganization] = Field(
        description="In the order asked for; a page of the past may be short 社会组织"
    )
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")
    count: int | None = Field(description="How many in all, when `count=exact` 总数")


_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LookupIn(BaseModel):
    """Whom to look up, at most 1,000 in all 批量查询."""

    model_config = ConfigDict(extra="forbid")
    credit_codes: list[_Name] = Field([], description="统一社会信用代码")
    ids: list[UUID] = Field([], description="编号")
    filing_numbers: list[_Name] = Field([], description="备案编号")

    @model_validator(mode="after")
    def _within_bounds(self) -> "LookupIn":
        sent = len(self.credit_codes) + len(self.ids) + len(self.filing_numbers)
        if not 1 <= sent <= MAX_LOOKUPS:
            raise PydanticCustomError(
                "lookup_size", "1 to {limit} in all", {"limit": MAX_LOOKUPS, "asked": sent}
            )
        return self


class NotFound(BaseModel):
    """What was asked for and not found, as it was sent 未找到."""

    credit_codes: list[str] = Field(description="统一社会信用代码")
    ids: list[UUID] = Field(description="编号")
    filing_numbers: list[str] = Field(description="备案编号")


class LookupOut(BaseModel):
    """What a lookup came to 批量查询结果."""

    found: list[Organization] = Field(description="Each once, in the order of ids 找到的")
    not_found: NotFound = Field(description="Unknown, or not in the token's areas 未找到的")


class ToldEventOut(BaseModel):
    """An event of an organization's life 事件."""

    position: int = Field(description="Position in the ledger 账本位置")
    revision: int = Field(description="The organization's revision with it 版本")
    type: str = Field(description="What kind of event 事件类型")
    effective_on: date = Field(description="From this day on it holds 生效日期")
    recorded_at: datetime = Field(description="When it was recorded, RFC 3339 登记时间")
    actor: str = Field(description="The client that recorded it 操作方")
    reason: str | None = Field(description="Why 原因")
    change: dict[str, Any] | None = Field(description="RFC 7396 merge patch 变更内容")
    digest: str = Field(description="Chain up to it, hex 链式摘要")


class ChangeOut(BaseModel):
    """A field that differs from the stretch before 字段变化."""

    field: str = Field(description="Its dotted path 字段")
    before: Any = Field(description="Its value before 变化前")
    after: Any = Field(description="Its value in this stretch 变化后")


class ChapterOut(BaseModel):
    """A stretch of valid time in which nothing changed 时间段."""

    model_config = ConfigDict(populate_by_name=True)
    from_: date = Field(alias="from", description="First day 起始日（含）")
    until: date | None = Field(description="First day after, null while open 截止日（不含）")
    changes: list[ChangeOut] | None = Field(
        description="Against the stretch before; null where there is none to tell 变化"
    )
    events: list[ToldEventOut] = Field(description="What took effect in it, by date 事件")


class TimelineOut(BaseModel):
    """The story of an organization 时间线."""

    id: UUID = Field(description="The organization 编号")
    known_at: int = Field(description="As known at this position of the ledger 知悉位置")
    segments: list[ChapterOut] = Field(description="In order of time 时间段")


class EventPageOut(Page[ToldEventOut]):
    """A page of events as they were recorded 事件列表."""

    items: list[ToldEventOut] = Field(description="In order of position 事件")
