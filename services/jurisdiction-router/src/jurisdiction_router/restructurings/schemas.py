"""Restructurings as they come in and go out."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from jurisdiction_router.directory.schemas import Area, Body, DirectoryImported, Name
from jurisdiction_router.field_types import BodyKind, DivisionCode, Strict, System
from jurisdiction_router.overrides.schemas import Line, Prose
from jurisdiction_router.rule_sets.schemas import WithHoles
from servicekit.http import Page

BodyId = Annotated[str, Field(pattern="^[0-9A-Za-z][0-9A-Za-z_.:-]{0,99}$", description="编号")]
Recoding = Annotated[
    dict[DivisionCode, DivisionCode],
    Field(
        max_length=2000,
        description="New codes of what lies in it; by default those whose digits begin with the "
        "old code get the new one's, others keep theirs 下级区划的新代码",
    ),
]


class IntoIn(Strict):
    """An area in the place of others 承接区划."""

    code: DivisionCode
    name: Name
    parent: DivisionCode | None = Field(default=None, description="Default: as before 上级区划")


class PartIn(Strict):
    """A part of a split area; one may keep its code 拆分后的区划."""

    code: DivisionCode
    name: Name
    children: list[DivisionCode] = Field(default=[], max_length=1000, description="下级区划")


class NewBodyIn(Strict):
    """A body that begins on the day 新设党组织."""

    id: BodyId
    kind: BodyKind = Field(description="类别")
    name: Name
    area_code: DivisionCode
    system: System | None = Field(default=None, description="所属系统")


class RenameArea(Strict):
    """An area gets another name 更名."""

    op: Literal["rename_area"]
    code: DivisionCode
    name: Name


class RenameBody(Strict):
    """A body gets another name 更名."""

    op: Literal["rename_body"]
    id: BodyId
    name: Name


class UpgradeArea(Strict):
    """An area goes on under another code, with all that lies in it (新区 → 区) 改设."""

    op: Literal["upgrade_area"]
    code: DivisionCode
    into: IntoIn
    codes: Recoding = Field(default={})


class SplitArea(Strict):
    """An area becomes several 拆分."""

    op: Literal["split_area"]
    code: DivisionCode
    parts: list[PartIn] = Field(min_length=2, max_length=50, description="各部分")
    codes: Recoding = Field(default={})


class MergeAreas(Strict):
    """Several areas become one 合并."""

    op: Literal["merge_areas"]
    codes: list[DivisionCode] = Field(min_length=2, max_length=50, description="被合并的区划")
    into: IntoIn
    codes_of_children: Recoding = Field(default={})


class TransferArea(Strict):
    """An area gets another parent and keeps its code 划转."""

    op: Literal["transfer_area"]
    code: DivisionCode
    parent: DivisionCode


class CreateBody(Strict):
    """A body is founded 新设党组织."""

    op: Literal["create_body"]
    body: NewBodyIn


class SucceedBodies(Strict):
    """A body, new or known, takes over from others: merger, transfer, another kind 承接."""

    op: Literal["succeed_bodies"]
    ids: list[BodyId] = Field(min_length=1, max_length=100, description="被承接的党组织")
    by: NewBodyIn


class MovedBodyIn(Strict):
    """What a body is in its new area 划转后的党组织."""

    id: BodyId
    name: Name | None = Field(default=None, description="Default: as before 名称")


class TransferBody(Strict):
    """A body goes on in another area, under another id 划转党组织."""

    op: Literal["transfer_body"]
    id: BodyId
    area_code: DivisionCode
    into: MovedBodyIn


class SplitBody(Strict):
    """A body becomes several 拆分党组织."""

    op: Literal["split_body"]
    id: BodyId
    parts: list[NewBodyIn] = Field(min_length=2, max_length=50, description="各部分")
    successor: BodyId | None = Field(
        default=None, description="The part found in its place; default the first 承接的部分"
    )


class EndBody(Strict):
    """A body ends 撤销党组织."""

    op: Literal["end_body"]
    id: BodyId
    successor: BodyId | None = Field(default=None, description="承接的党组织")


ChangeIn = Annotated[
    RenameArea | RenameBody | UpgradeArea | SplitArea | MergeAreas | TransferArea | CreateBody
    | SucceedBodies | TransferBody | SplitBody | EndBody,
    Field(discriminator="op"),
]  # fmt: skip


class RestructuringIn(Strict):
    """What changes together from one day on 区划和党组织调整."""

    title: Line = Field(description="名称")
    effective_on: date = Field(description="Past or future 生效日期")
    reference: Line = Field(description="The document it rests on 文号")
    reason: Prose | None = Field(default=None, description="原因")
    changes: list[ChangeIn] = Field(min_length=1, max_length=500, description="In order 各项调整")


class ApplicationIn(Strict):
    """What is applied 实施."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        description="Of the impact that was read, at /v1/impacts/{impact} 影响摘要"
    )


class AreaSuccession(BaseModel):
    """Who succeeds an area 区划承接."""

    code: str = Field(description="原区划")
    successor: str = Field(description="承接区划")


class BodySuccession(BaseModel):
    """Who succeeds a body 党组织承接."""

    id: str = Field(description="原党组织")
    successor: str | None = Field(description="承接党组织")


class RestructuringPlan(BaseModel):
    """What it does: areas and bodies as they shall be 调整方案."""

    areas: list[Area] = Field(description="区划")
    bodies: list[Body] = Field(description="党组织")
    area_successors: list[AreaSuccession] = Field(description="区划承接关系")
    body_successors: list[BodySuccession] = Field(description="党组织承接关系")


class Restructuring(WithHoles):
    """A restructuring 区划和党组织调整."""

    id: str = Field(description="编号")
    state: Literal["draft", "applied"] = Field(description="状态")
    title: str = Field(description="名称")
    effective_on: str = Field(description="生效日期")
    reference: str = Field(description="文号")
    reason: str | None = Field(description="原因")
    changes: list[dict[str, Any]] = Field(description="各项调整")
    plan: RestructuringPlan = Field(description="调整方案")
    impact: str = Field(description="Who moves: /v1/impacts/{impact} 影响")
    recorded_by: str = Field(description="Client 登记的客户端")
    applied_by: str | None = Field(description="Client 实施的客户端")
    revision: int = Field(description="版本")


class RestructuringPage(Page[Restructuring]):
    """A page of restructurings 调整列表."""

    items: list[Restructuring] = Field(description="调整")


class RestructuringApplied(Restructuring):
    """A restructuring that is applied, and what follows 已实施的调整."""

    done: DirectoryImported = Field(description="结果")
