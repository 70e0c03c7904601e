"""What a standing says, described for the specification."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import FactShown, ReceiptDocument, Wording


class DatedFact(FactShown):
    """A fact that decides, and since when 决定性事实."""

    since: date = Field(description="Since when it has been so without a break 起始日期")


class Added(BaseModel):
    """What one organization adds, exactly: a whole number or a fraction 计入数值."""

    numerator: str = Field(description="To the numerator 计入分子", examples=["12"])
    denominator: str = Field(description="To the denominator 计入分母", examples=["1/3"])


class StandingInIndicator(BaseModel):
    """One indicator 单项指标."""

    indicator: str = Field(description="Id of the indicator 指标编号")
    title: Wording = Field(description="Title 指标名称")
    asked: bool | None = Field(
        description="In the denominator; null before the indicator's rule 是否计入分母"
    )
    counted: bool | None = Field(description="Whether it is in the numerator 是否计入分子")
    adds: Added | None = Field(description="What it adds to a ratio of sums 计入数值")
    facts: list[DatedFact] = Field(description="What decides that 决定性事实")


class Standing(BaseModel):
    """How one organization stands in every indicator 单个组织的计数情况."""

    id: UUID = Field(description="Id in the registry 编号")
    name: str | None = Field(description="Name on that day 名称")
    code: str | None = Field(description="Credit code, or filing number 统一社会信用代码或备案编号")
    valid_on: date = Field(description="The civil date that is asked about 统计日期")
    indicators: list[StandingInIndicator] = Field(description="By id 按编号排序")
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")
