"""Targets as they come in and go out."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metrics_api.answers.schemas import ReceiptDocument, Tally, Wording
from servicekit.time import CivilDate

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class TitleDraft(BaseModel):
    """A title in both languages 中英文名称."""

    model_config = ConfigDict(extra="forbid")
    zh: Title = Field(description="Chinese 中文")
    en: Title = Field(description="English 英文")


class TargetDraftDocument(BaseModel):
    """A target of one's own 自定目标."""

    model_config = ConfigDict(extra="forbid")
    title: TitleDraft = Field(description="Title 名称")
    indicator: Value = Field(description="Id of an indicator 指标")
    goal: Decimal = Field(
        gt=0, le=1, max_digits=7, decimal_places=6, description="Share to be reached 目标值"
    )
    deadline: CivilDate = Field(description="By when 期限")
    reference: str = Field(
        default="", max_length=1000, description="The decision or plan that sets it 依据"
    )
    filters: dict[Value, Annotated[list[Value], Field(min_length=1, max_length=100)]] = Field(
        default_factory=dict,
        max_length=10,
        description="For whom: values by dimension, or by `area` (with all below it) 适用范围",
    )


class VariantDefinition(BaseModel):
    """A reading of a target 目标口径."""

    id: str = Field(description="Id within the target 口径编号")
    title: Wording = Field(description="Which denominator 口径名称")
    indicator: str = Field(description="Counted by 指标")


class TargetDefinition(BaseModel):
    """A target as it is set 目标定义."""

    id: str = Field(description="Id 编号")
    revision: int = Field(description="0: comes with the service; else counts changes 修订")
    title: Wording = Field(description="Title 名称")
    goal: float = Field(description="Share to be reached 目标值")
    deadline: date = Field(description="By when 期限")
    reference: str = Field(description="Where it comes from 依据")
    filters: dict[str, list[str]] = Field(description="For whom it is set 适用范围")


class OneTarget(TargetDefinition):
    """One target 单个目标."""

    variants: list[VariantDefinition] = Field(description="Its readings 各口径")


class TargetVariant(Tally):
    """How one reading of a target stands 目标口径."""

    id: str = Field(description="Id within the target 口径编号")
    title: Wording = Field(description="Which denominator 口径名称")
    indicator: str = Field(description="Counted by 指标")
    indicator_version: int = Field(description="In this version 指标版本")
    attained: bool | None = Field(description="Null where there is nobody to count 是否达到")
    missing: int = Field(description="How many organizations are missing 尚缺数量")
    band: str | None = Field(description="Id of the band its distance falls in 档次")
    needed_per_month: float | None = Field(
        description="Organizations a month needed to attain it in time; null where nothing is "
        "missing or no time is left 每月需增"
    )
    gained_per_month: float | None = Field(
        description="Organizations a month by which the distance shrank over the trend's months; "
        "null once judged or attained 近期月均进展"
    )
    projected_on: date | None = Field(
        description="When that trend attains it; null where it does not 预计达成日期"
    )


class TargetDocument(TargetDefinition):
    """A target and how it stands 目标."""

    valid_on: date = Field(description="The day that is counted 统计日期")
    variants: list[TargetVariant] = Field(
        description="Its readings; the source leaves the denominator open 各口径"
    )


class BandDocument(BaseModel):
    """A distance from the goal, and its colour 档次."""

    id: str = Field(description="Id 编号")
    title: Wording = Field(description="What it is called 名称")
    short_by_at_most: float = Field(description="Greatest distance, as a share 最大差距")
    colour: str = Field(description="CSS colour 颜色")


class TargetList(BaseModel):
    """All targets, at one edition 全部目标."""

    valid_on: date = Field(description="The civil date it is asked for 统计日期")
    trend_months: int = Field(
        description="Months over which trends are drawn, as a straight line 趋势月数"
    )
    bands: list[BandDocument] = Field(description="The bands, nearest first 档次说明")
    targets: list[TargetDocument] = Field(
        description="Those of the service by id, then own ones 目标列表"
    )
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")
