"""What is ordered as a file, and how the job that makes it stands."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from servicekit.time import CivilDate

_HEADLINES = [
    "organizational_coverage", "eligible_coverage", "work_coverage", "charter_inclusion",
]  # fmt: skip
_DIMENSIONS = ["district", "kind", "grade", "body_kind"]


class ExportOrder(BaseModel):
    """A list to be made a file 导出请求."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(
        max_length=4000,
        pattern=r"^/v1/[!-~]+$",
        description="Path and query of any answer with a receipt, such as "
        "`/v1/coverage/members?indicator=eligible_coverage&part=gap`; all its pages 请求地址",
    )
    format: Literal["csv", "xlsx"] = Field(default="csv", description="File format 文件格式")
    language: Literal["zh", "en"] = Field(default="zh", description="Of headers, words 表头语言")


class Period(BaseModel):
    """Days, half-open 期间."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    start: CivilDate = Field(alias="from", description="First day 起始日")
    until: CivilDate = Field(description="First day after it 终止日（不含）")


Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9_]+$")]


class ReportPackOrder(BaseModel):
    """A report to be packed 报告包请求."""

    model_config = ConfigDict(extra="forbid")
    period: Period = Field(description="What it reports on 报告期间")
    area: str | None = Field(
        default=None, pattern=r"^[0-9]{6}([0-9]{3})?$", description="Division code; all 区划"
    )
    under_body: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="A supervising body, with those beneath it 管理主体及其下级",
    )
    edition: int | None = Field(
        default=None, ge=0, le=2**53, description="The newest by default 版本"
    )
    indicators: list[Name] = Field(
        default=_HEADLINES, min_length=1, max_length=40, description="Ids of indicators 指标"
    )
    group_by: list[Name] = Field(
        default=_DIMENSIONS, max_length=12, description="Tables by these dimensions 分组维度"
    )
    language: Literal["zh", "en"] = Field(default="zh", description="Of headers, words 表头语言")


class JobFile(BaseModel):
    """A finished file 结果文件."""

    name: str = Field(description="Name 文件名")
    media_type: str = Field(description="Media type 类型")
    rows: int = Field(description="Rows, or answers in a pack 行数")
    bytes: int = Field(description="Size 字节数")
    sha256: str = Field(description="Digest of its bytes 摘要")
    href: str = Field(description="Where to fetch it 下载地址")


class JobDocument(BaseModel):
    """A job under way or done 任务."""

    id: UUID = Field(description="Id 任务编号")
    kind: str = Field(description="`export` or `report_pack` 任务类型")
    state: Literal["queued", "running", "succeeded", "failed"] = Field(description="State 状态")
    done: int = Field(description="Rows or answers so far 已完成")
    total: int | None = Field(description="Of so many, once known 总数")
    request: dict[str, Any] = Field(description="What is made, edition and day pinned 任务内容")
    file: JobFile | None = Field(description="The file, once it is whole 结果文件")
    failure: dict[str, Any] | None = Field(description="Why it failed 失败原因")
    created_at: datetime = Field(description="When it was started 创建时间")
    updated_at: datetime = Field(description="When it last moved 更新时间")
