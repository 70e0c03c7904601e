"""Imports of the directory as they go out."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from jurisdiction_router.directory.schemas import DirectoryImported
from jurisdiction_router.rule_sets.schemas import WithHoles
from servicekit.http import Page

Change = Literal["added", "changed", "ended", "unchanged", "refused"]


class ChangeCounts(BaseModel):
    """How many items become what 各类变化的数目."""

    added: int = Field(description="新增")
    changed: int = Field(description="变更")
    ended: int = Field(description="Get an end that they did not have 终止")
    unchanged: int = Field(description="不变")
    refused: int = Field(description="With something wrong 有误")


class ItemError(BaseModel):
    """What is wrong with a field 错误."""

    field: str = Field(description="JSON pointer, from the item on 字段")
    rule: str = Field(description="规则")
    value: str | None = Field(description="原值")
    zh: str = Field(description="中文说明")
    en: str = Field(description="In English 英文说明")


class ImportReport(WithHoles):
    """What the import would do to the directory it was compared with 比对报告."""

    edition: int = Field(description="Of directory and rule sets when it was compared 比对版本")
    areas: ChangeCounts = Field(description="区划")
    bodies: ChangeCounts = Field(description="党组织")
    unreadable: int = Field(description="Rows of which it can't be told what they are 无法识别的行")
    reassessed: int | None = Field(
        description="Organizations that would be looked at again; null while something is wrong "
        "将重新判断的组织数"
    )
    errors: int = Field(description="All that is wrong: it can be activated when 0 错误总数")
    elsewhere: int = Field(
        description="What would be wrong in the directory beyond the items 目录其他部分的错误数"
    )


class DirectoryImportRecord(BaseModel):
    """An import of areas and bodies 目录导入."""

    id: str = Field(description="编号")
    state: Literal["inactive", "active", "withdrawn"] = Field(description="状态")
    format: Literal["json", "csv"] = Field(description="格式")
    reason: str | None = Field(description="原因")
    recorded_by: str = Field(description="Client 登记的客户端")
    recorded_at: str = Field(description="登记时间", json_schema_extra={"format": "date-time"})
    activated_by: str | None = Field(description="Client 启用的客户端")
    revision: int = Field(description="版本")
    report: ImportReport = Field(description="比对报告")
    impact: str | None = Field(
        description="Who would move: /v1/impacts/{impact}; null where nothing would change or "
        "something is wrong 影响"
    )
    done: DirectoryImported | None = Field(description="What came of activating it 启用结果")


class DirectoryImportPage(Page[DirectoryImportRecord]):
    """A page of imports 导入列表."""

    items: list[DirectoryImportRecord] = Field(description="导入")


class ImportItem(BaseModel):
    """An item of an import beside what is held 导入条目."""

    number: int = Field(description="In the order of what was sent 序号")
    line: int | None = Field(description="Of the file, in a table 行号")
    what: Literal["area", "body", "directory"] | None = Field(
        description="`directory`: what would be wrong beyond the items 类型"
    )
    key: str | None = Field(description="Code or id 代码或编号")
    change: Change = Field(description="变化")
    before: dict[str, Any] | None = Field(description="Area or body as it is held 现状")
    after: dict[str, Any] | None = Field(description="Area or body as it would be 导入后")
    errors: list[ItemError] = Field(description="错误")


class ImportItemPage(Page[ImportItem]):
    """A page of an import's items 导入条目列表."""

    items: list[ImportItem] = Field(description="条目")
