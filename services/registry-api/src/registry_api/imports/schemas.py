"""Imports as the API shows them: jobs, and remarks about rows."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from servicekit.http import Page
from servicekit.jobs import JobState


class ImportResult(BaseModel):
    """What became of the rows so far 导入结果."""

    created: int = Field(description="New organizations 新增")
    updated: int = Field(description="Changed organizations 更新")
    unchanged: int = Field(description="Rows that say nothing new 无变化")
    refused: int = Field(description="Rows that break a rule 拒绝")


class ImportJob(BaseModel):
    """An import under way or done 导入任务."""

    id: UUID = Field(description="The job's id 任务编号")
    state: JobState = Field(description="状态")
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


class RowRemarkPage(Page[RowRemark]):
    """A page of remarks about rows 行说明列表."""

    items: list[RowRemark] = Field(description="In the order of the file 行说明")
