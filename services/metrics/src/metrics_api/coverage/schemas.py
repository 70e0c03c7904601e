"""What a count says, described for the specification."""

from datetime import date

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import Divisors, ReceiptDocument, Tally


class Group(Tally):
    """One part of the whole 分组."""

    by: dict[str, str] = Field(
        description="The key, per dimension; `unassigned` where it is not known 分组键"
    )
    labels: dict[str, str | None] | None = Field(
        default=None, description="Chinese names of areas and bodies in the key 名称"
    )


class Coverage(BaseModel):
    """A count with its receipt 覆盖统计结果."""

    indicator: str = Field(description="Id of the indicator 指标")
    valid_on: date = Field(description="The civil date that is counted 统计日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of each day 区划口径日期"
    )
    is_share: bool = Field(
        description="Whether rates are shares of one, and not ratios of sums 是否为占比"
    )
    divisors: Divisors = Field(description="What the figures are to be divided by 计数除数")
    total: Tally = Field(description="The whole 合计")
    groups: list[Group] = Field(description="The parts; they sum to the whole 分组")
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")
