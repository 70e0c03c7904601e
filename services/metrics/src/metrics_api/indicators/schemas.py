"""What an indicator says of itself, described for the specification."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import Wording


class ParameterValue(BaseModel):
    """A number and the rule that set it 参数值."""

    from_: date = Field(alias="from", description="First day in force 生效日")
    value: int = Field(description="The number 数值")
    reference: str = Field(description="The rule 依据")


class MeasureDocument(BaseModel):
    """What an organization adds: `organizations` (one), `sum` of its fields, `share_of` a field
    (1 divided by it) 合计方式.
    """  # noqa: D205 - the text of the specification

    numerator: str | dict[str, Any] = Field(description="To the numerator 分子合计")
    denominator: str | dict[str, Any] = Field(description="To the denominator 分母合计")


class IndicatorDocument(BaseModel):
    """An indicator, complete enough to recompute it 指标定义."""

    id: str = Field(description="Id 编号")
    version: int = Field(description="Changes when the same facts could count otherwise 版本")
    digest: str = Field(description="SHA-256 of what it counts, as receipts name it 定义摘要")
    title: Wording = Field(description="Title 名称")
    formula: Wording = Field(description="The formula in words 公式")
    unit: str = Field(description="What is counted 计数单位")
    reference: str = Field(description="Where it comes from 依据")
    denominator: dict[str, Any] = Field(description="Whom it asks about, as a predicate 分母条件")
    numerator: dict[str, Any] = Field(description="What it asks of them, as a predicate 分子条件")
    measure: MeasureDocument | None = Field(
        description="What organizations add to a ratio of sums; null where each counts one 合计方式"
    )
    parameters: dict[str, list[ParameterValue]] = Field(
        description="The dated numbers it refers to 参数"
    )


class IndicatorList(BaseModel):
    """All indicators 全部指标."""

    indicators: list[IndicatorDocument] = Field(description="By id 按编号排序")
