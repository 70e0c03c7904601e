"""Areas and bodies as they come in and go out."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from jurisdiction_router.field_types import AreaLevel, BodyKind, DivisionCode, Strict, System
from servicekit.http import CountedPage

Name = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$", description="名称"),
]


class ParentIn(Strict):
    """A parent over a period 上级区划."""

    parent: DivisionCode
    valid_from: date = Field(description="First day 起始日（含）")
    valid_until: date | None = Field(default=None, description="First day after 截止日（不含）")


class FormerNameIn(Strict):
    """What it was called until a day 曾用名."""

    name: Name
    until: date = Field(description="First day of the next name 截止日（不含）")


class OtherCodeIn(Strict):
    """A code in another system than GB/T 2260 其他编码."""

    system: str = Field(pattern="^[a-z][a-z0-9_]{0,39}$", description="编码体系")
    code: str = Field(min_length=1, max_length=40, description="代码")
    valid_from: date = Field(description="First day 起始日（含）")
    valid_until: date | None = Field(default=None, description="First day after 截止日（不含）")


class SuccessorIn(Strict):
    """An area that takes over from a day on 承接区划."""

    code: DivisionCode
    valid_from: date | None = Field(
        default=None, description="Default: the day on which the area ends 起始日（含）"
    )


FormerNames = Annotated[
    list[FormerNameIn],
    Field(max_length=50, description="Names before `name`, in their order 曾用名"),
]


class AreaIn(Strict):
    """An area 区划."""

    code: DivisionCode
    name: Name
    level: AreaLevel = Field(description="级别")
    parent: DivisionCode | None = Field(
        default=None, description="The parent while the area is valid 上级区划"
    )
    parents: list[ParentIn] | None = Field(
        default=None,
        max_length=50,
        description="Dated parents, instead of `parent`, where it changes 各时期的上级区划",
    )
    valid_from: date = Field(description="First day 起始日（含）")
    valid_until: date | None = Field(default=None, description="First day after 截止日（不含）")
    former_names: FormerNames = Field(default=[])
    codes: list[OtherCodeIn] = Field(
        default=[], max_length=50, description="Codes in other systems 其他编码"
    )
    successors: list[SuccessorIn] = Field(
        default=[], max_length=200, description="What stands in its place, and since when 承接区划"
    )


class BodyIn(Strict):
    """A Party body 党组织."""

    id: str = Field(pattern="^[0-9A-Za-z][0-9A-Za-z_.:-]{0,99}$", description="编号")
    kind: BodyKind = Field(description="党组织类别")
    name: Name
    area_code: DivisionCode
    system: System | None = Field(
        default=None, description="Whose sector: only of supervisors' and industry bodies 所属系统"
    )
    valid_from: date = Field(description="First day 起始日（含）")
    valid_until: date | None = Field(default=None, description="First day after 截止日（不含）")
    successor: str | None = Field(default=None, max_length=100, description="承接的党组织编号")
    former_names: FormerNames = Field(default=[])


class DirectoryImport(Strict):
    """Areas and bodies to add or replace 目录导入."""

    reason: str | None = Field(default=None, max_length=2000, description="Why 原因")
    areas: list[AreaIn] = Field(default=[], max_length=100_000, description="区划")
    bodies: list[BodyIn] = Field(default=[], max_length=100_000, description="党组织")


class DirectoryImported(BaseModel):
    """What an import did 导入结果."""

    areas: int = Field(description="Areas that really changed 变化的区划数")
    bodies: int = Field(description="Bodies that really changed 变化的党组织数")
    reassessed: int = Field(description="Organizations looked at again 重新判断的组织数")
    reassigned: int | None = Field(
        description="Assignments that changed; null while a job does it 归口变化数"
    )
    job: str | None = Field(
        description="Job that reassesses, at /v1/jobs/{job}; null when done 重新判断的任务"
    )
    holes: int = Field(description="Holes that it opened in rule sets in force or due 规则空缺数")


class Parent(BaseModel):
    """A parent over a period 上级区划."""

    parent: str = Field(description="上级区划代码")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")


class FormerName(BaseModel):
    """What it was called until a day 曾用名."""

    name: str = Field(description="名称")
    until: str = Field(description="截止日（不含）")


class OtherCode(BaseModel):
    """A code in another system 其他编码."""

    system: str = Field(description="编码体系")
    code: str = Field(description="代码")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")


class Successor(BaseModel):
    """An area that takes over from a day on 承接区划."""

    code: str = Field(description="区划代码")
    valid_from: str = Field(description="起始日（含）", json_schema_extra={"format": "date"})


class Area(BaseModel):
    """An area 区划."""

    code: str = Field(description="区划代码")
    name: str = Field(description="名称")
    level: str = Field(description="级别")
    parent: str | None = Field(description="The parent when it was imported 上级区划")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")
    parents: list[Parent] = Field(description="各时期的上级区划")
    former_names: list[FormerName] = Field(description="曾用名")
    codes: list[OtherCode] = Field(description="Codes in other systems 其他编码")
    successors: list[Successor] = Field(description="What stands in its place 承接区划")


class AreaOnDay(BaseModel):
    """What stands for a division code on a day 代码在某日对应的区划."""

    code: str = Field(description="所问代码")
    valid_on: str = Field(description="有效日期")
    areas: list[str] = Field(
        description="Areas that stand for it: itself, its successors or predecessors 对应区划"
    )
    path: dict[str, Any] = Field(description="The areas around it, by level 所属各级区划")


class Body(BaseModel):
    """A Party body 党组织."""

    id: str = Field(description="编号")
    kind: str = Field(description="类别")
    name: str = Field(description="名称")
    area_code: str = Field(description="所在区划")
    system: str | None = Field(description="所属系统")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")
    successor: str | None = Field(description="承接的党组织")
    former_names: list[FormerName] = Field(description="曾用名")


class AreaPage(CountedPage[Area]):
    """A page of areas 区划列表."""

    items: list[Area] = Field(description="区划")


class BodyPage(CountedPage[Body]):
    """A page of bodies 党组织列表."""

    items: list[Body] = Field(description="党组织")
