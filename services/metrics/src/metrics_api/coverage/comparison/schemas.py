"""What a comparison says, described for the specification."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import (
    Divisors,
    FactShown,
    ListedOrganization,
    ReceiptDocument,
    Tally,
    Wording,
)
from metrics_api.counting.comparison_count import Change


class ComparisonPart(BaseModel):
    """What organizations with one change contribute, of a group or of all 变化构成."""

    by: dict[str, str] | None = Field(
        default=None, description="The key, per dimension; `unassigned` where unknown 分组键"
    )
    labels: dict[str, str | None] | None = Field(
        default=None, description="Chinese names of areas and bodies in the key 名称"
    )
    change: Change = Field(
        description="Into or out of the denominator (entered, left), or within it of the numerator "
        "(gained, lost); of a ratio of sums those gain who raise it 变化代码"
    )
    meaning: Wording = Field(description="The change in words 变化类型")
    organizations: int = Field(description="How many 组织数")
    numerator_before: int = Field(description="Of them counted first 起点分子")
    denominator_before: int = Field(description="Of them asked about first 起点分母")
    numerator_after: int = Field(description="Of them counted then 终点分子")
    denominator_after: int = Field(description="Of them asked about then 终点分母")
    contribution: float | None = Field(
        description="To the difference, six decimals; null where a rate is of nobody 贡献"
    )
    contribution_numerator: int | None = Field(
        description="The same exactly, to be divided by `denominator` 贡献分子"
    )


class ComparedDays(BaseModel):
    """What is compared 对比."""

    indicator: str = Field(description="Id of the indicator 指标")
    from_: date = Field(alias="from", description="Day of the first count 对比起点日期")
    to: date = Field(description="Day of the second 对比终点日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of each day 区划口径日期"
    )
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")


class Comparison(ComparedDays):
    """Two counts, and what makes them differ 对比结果."""

    is_share: bool = Field(
        description="Whether rates are shares of one, and not ratios of sums 是否为占比"
    )
    divisors: Divisors = Field(description="What the counts are to be divided by 计数除数")
    before: Tally = Field(description="The first count 起点")
    after: Tally = Field(description="The second 终点")
    difference: float | None = Field(
        description="Rate after − rate before, six decimals; null where one is of nobody 差异"
    )
    difference_numerator: int | None = Field(
        description="The same exactly, to be divided by `denominator` 差异分子"
    )
    denominator: int | None = Field(description="Common denominator of all contributions 公分母")
    parts: list[ComparisonPart] = Field(
        description="By key, then change; they sum to the difference 变化构成"
    )


class ChangedOrganization(ListedOrganization):
    """An organization of a difference, described as on the later side it is in 变化组织."""

    id: UUID = Field(description="Id in the registry 编号")
    name: str | None = Field(description="Name 名称")
    code: str | None = Field(description="Credit code, or filing number 统一社会信用代码或备案编号")
    counted_before: bool | None = Field(
        description="In the numerator first; null if not asked about 起点是否计入分子"
    )
    counted_after: bool | None = Field(
        description="In the numerator then; null if not asked about 终点是否计入分子"
    )
    facts_before: list[FactShown] = Field(description="What decided that first 起点决定性事实")
    facts_after: list[FactShown] = Field(description="What decided that then 终点决定性事实")


class ChangedOrganizations(ComparedDays):
    """A page of the organizations behind a difference 变化名单."""

    change: Change = Field(description="Which of them 变化类型")
    items: list[ChangedOrganization] = Field(description="By id 按编号排序")
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")
    count: int = Field(description="How many on all pages 总数")
