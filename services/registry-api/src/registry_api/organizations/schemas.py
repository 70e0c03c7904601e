"""What goes in and out over HTTP, beside the organization itself."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import CivilDate
from registry_api.core.organization.state import OrganizationState

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


class AmendmentIn(_In):
    """变更登记, and corrections about an earlier date."""

    effective_on: CivilDate = Field(description="From this day on the change holds 生效日期")
    reason: Reason | None = Field(None, description="Kept in the ledger 原因")
    change: dict[str, Any] = Field(
        description="RFC 7396 merge patch of the organization; null empties a field 变更内容",
        examples=[{"full_time_staff": 12}],
    )


class Organization(OrganizationState):
    """社会组织 social organization."""

    id: UUID = Field(description="Its id for ever 编号")
    revision: int = Field(description="Counts its changes from 1; also its ETag 版本")


class OrganizationAfterEvent(Organization):
    """The organization after an event, and what the event came to 事件后的社会组织."""

    outcome: dict[str, Any] | None = Field(
        description="Such as a veto with its grounds; null where there is nothing to tell 结果"
    )


class ReorganizationOut(BaseModel):
    """Who took part in a merger or split, as they are now 合并、分立结果."""

    predecessors: list[Organization] = Field(description="In the order they were sent 前身")
    successors: list[Organization] = Field(description="Known ones first, then new ones 承继组织")


class VoidIn(_In):
    """登记有误作废."""

    reason: Reason = Field(description="Told to whoever asks for the organization 原因")


class VoidOut(BaseModel):
    """An organization that never was 已作废的登记."""

    id: UUID = Field(description="Its id, never used again 编号")
    revision: int = Field(description="Its last revision 版本")
    reason: str = Field(description="Why it is void 原因")


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


class ImportResult(BaseModel):
    """What became of the rows so far 导入结果."""

    created: int = Field(description="New organizations 新增")
    updated: int = Field(description="Changed organizations 更新")
    unchanged: int = Field(description="Rows that say nothing new 无变化")
    refused: int = Field(description="Rows that break a rule 拒绝")


class ImportJob(BaseModel):
    """An import under way or done 导入任务."""

    id: UUID = Field(description="The job's id 任务编号")
    state: Literal["queued", "running", "succeeded", "failed"] = Field(description="状态")
    format: Literal["csv", "ndjson", "xlsx"] = Field(description="文件格式")
    effective_on: date = Field(description="From this day on the file's facts hold 数据日期")
    dry_run: bool = Field(description="Checks only, nothing lands 试运行")
    done: int = Field(description="Rows dealt with 已处理行数")
    total: int | None = Field(description="Rows in the file, once counted 总行数")
    errors: int = Field(description="Rows refused; for a failed job 1 出错行数")
    notices: int = Field(description="What was interpreted; nothing was refused for it 提示数")
    result: ImportResult = Field(description="What became of the rows 结果")
    failure: Literal["process_died", "internal_error"] | None = Field(
        description="Why a failed job failed, where the file is not at fault: the process that "
        "worked on it died again and again, or the program is wrong 失败原因（非文件问题）"
    )
    created_at: str = Field(description="RFC 3339")
    updated_at: str = Field(description="RFC 3339")


class RowRemark(BaseModel):
    """Something to say about a row: a broken rule, or what was interpreted 行说明."""

    line: int | None = Field(description="Line in the file, from 1; null: the whole file 行号")
    field: str = Field(description="JSON pointer of the field; empty for the whole row 字段")
    rule: str = Field(description="Stable code of the rule 规则")
    value: str | None = Field(description="What stands there 值")
    detail: str = Field(description="What is wrong and how to mend it, or how it was read 说明")


class RowRemarkPage(BaseModel):
    """A page of remarks about rows 行说明列表."""

    items: list[RowRemark] = Field(description="In the order of the file 行说明")
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")


class LabelledCode(BaseModel):
    """A code and its labels 代码."""

    code: str = Field(description="What the API uses 代码")
    zh: str = Field(description="Chinese label 中文名称")
    en: str = Field(description="English label 英文名称")


class CodeListOut(BaseModel):
    """A code list 代码表."""

    name: str = Field(description="Its name 表名")
    title_zh: str = Field(description="Chinese title 中文标题")
    title_en: str = Field(description="English title 英文标题")
    values: list[LabelledCode] = Field(description="Its codes 代码")


class CodeLists(BaseModel):
    """All code lists 全部代码表."""

    items: list[CodeListOut] = Field(description="代码表")
