"""What a series says, described for the specification."""

from datetime import date

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import Divisors, ReceiptDocument
from metrics_api.core.facts.calendar_periods import Period


class Point(BaseModel):
    """A count on one day 时点."""

    valid_on: date = Field(description="The civil date that is counted 统计日期")
    numerator: int | None = Field(description="Organizations that count 分子")
    denominator: int | None = Field(
        description="Organizations asked about; null before the indicator's rule 分母"
    )
    rate: float | None = Field(
        description="Numerator ÷ denominator, each over its divisor; null of nobody 比率"
    )


class SeriesDocument(BaseModel):
    """One line: the whole, or one group, of one indicator 序列."""

    indicator: str = Field(description="Id of the indicator 指标")
    by: dict[str, str] | None = Field(
        description="The key, per dimension, `unassigned` if unknown; null for the whole 分组键"
    )
    labels: dict[str, str | None] | None = Field(
        description="Chinese names of areas and bodies in the key 名称"
    )
    is_share: bool = Field(
        description="Whether rates are shares of one, and not ratios of sums 是否为占比"
    )
    divisors: Divisors = Field(description="What the figures are to be divided by 计数除数")
    points: list[Point] = Field(description="All lines have the same days, oldest first 各时点")


class CoverageSeries(BaseModel):
    """Indicators over time 时间序列."""

    period: Period = Field(description="Length of a period 时间步长")
    from_: date = Field(alias="from", description="First day asked for 起始日期")
    to: date = Field(description="Last day, and the last point 截止日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of each day 区划口径日期"
    )
    series: list[SeriesDocument] = Field(
        description="Per indicator the whole, then its groups by key, which sum to it 各序列"
    )
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")
