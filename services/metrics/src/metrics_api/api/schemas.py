"""What goes out, described for the specification; rates are shares of one, six decimals."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from metrics_api.domain.periods import Period


class Wording(BaseModel):
    """A text in both languages 中英文."""

    zh: str = Field(description="Chinese 中文")
    en: str = Field(description="English 英文")


class Positions(BaseModel):
    """How much of each ledger is included 已包含的账本位置."""

    registry: int = Field(description="Position in the registry's ledger 登记账本位置")
    router: int = Field(description="Position in the router's ledger 归口账本位置")


class Divisors(BaseModel):
    """What whole figures are to be divided by, 1 of counts 计数除数.

    A joint Party organization of n units counts 1/n at each of them: over a denominator of 6, 9567
    are 1594.5 Party organizations, exactly.
    """

    numerator: int = Field(ge=1, description="Of numerators 分子除数")
    denominator: int = Field(ge=1, description="Of denominators 分母除数")


class Tally(BaseModel):
    """How many, of how many 计数."""

    numerator: int = Field(description="Organizations that count 分子")
    denominator: int = Field(description="Organizations asked about 分母")
    rate: float | None = Field(
        description="Numerator ÷ denominator, each over its divisor; null of nobody 比率"
    )


class Group(Tally):
    """One part of the whole 分组."""

    by: dict[str, str] = Field(
        description="The key, per dimension; `unassigned` where it is not known 分组键"
    )
    labels: dict[str, str | None] | None = Field(
        default=None, description="Chinese names of areas and bodies in the key 名称"
    )


class CountedIndicator(BaseModel):
    """An indicator as it was counted 所用指标."""

    version: int = Field(description="Changes when the same facts could give another number 版本")
    digest: str = Field(description="SHA-256 of what it counts: predicates, numbers 定义摘要")


class DecidingRuleSet(BaseModel):
    """A rule set that decided who supervises 所用归口规则."""

    id: str = Field(description="Id in the router 规则集编号")
    digest: str | None = Field(description="Digest of its text 规则集摘要")


class ReceiptDocument(BaseModel):
    """What the answer rests on; `request` asked again gives the same bytes 凭据."""

    edition: int = Field(description="Knowledge the answer rests on 版本")
    positions: Positions = Field(description="Ledger positions in that edition 账本位置")
    recorded_at: datetime | None = Field(description="When that edition was recorded 记录时间")
    indicators: dict[str, CountedIndicator] = Field(description="What was counted 指标")
    rule_sets: list[DecidingRuleSet] = Field(
        description="Rule sets in force on the days that were counted 归口规则集"
    )
    areas: list[str] | None = Field(
        description="Division-code prefixes the caller is limited to; null for no limit 授权区划"
    )
    request: str = Field(description="The same question with nothing left open 可重复的请求")
    digest: str = Field(
        description="SHA-256 (hex) of the answer's bytes without this member and the comma before "
        "it 摘要"
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


class NamedArea(BaseModel):
    """An area 区划."""

    code: str = Field(description="Division code 所在区划代码")
    name: str | None = Field(
        description="Name on that day, null where the directory lacks it 所在区划"
    )


class NamedDistrict(BaseModel):
    """The district above an area 所在区."""

    code: str = Field(description="Division code 所在区代码")
    name: str | None = Field(
        description="Name on that day, null where the directory lacks it 所在区"
    )


class NamedBody(BaseModel):
    """A supervising body 管理主体."""

    id: str = Field(description="Id in the directory 管理主体编号")
    kind: str | None = Field(description="Its kind 管理主体类型")
    name: str | None = Field(description="Name on that day 管理主体")


class FactShown(BaseModel):
    """A fact that decides 决定性事实."""

    field: str = Field(description="Which fact, as predicates name it 字段")
    value: str | int | bool | date | None = Field(
        description="Its value; null is unknown or none 取值"
    )


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


class MemberLinks(BaseModel):
    """Where to read on: as of that day, as known at that edition 相关链接."""

    registry: str = Field(description="The organization in registry-api 登记信息")
    decision: str = Field(description="Who supervises it, and why, in jurisdiction-router 归口判定")


class ListedOrganization(BaseModel):
    """What every list says of an organization, after what it lists it for 名单条目."""

    kind: str | None = Field(description="Kind 类别")
    grade: str | None = Field(description="Grade; null where never evaluated 等级")
    area: NamedArea | None = Field(description="Where it counts 所在区划")
    district: NamedDistrict | None = Field(description="The district above 所在区")
    body: NamedBody | None = Field(description="Who supervises it 管理主体")
    links: MemberLinks = Field(description="Where to read on 相关链接")


class MemberDocument(ListedOrganization):
    """An organization of a list 名单条目."""

    id: UUID = Field(description="Id in the registry 编号")
    name: str | None = Field(description="Name on that day 名称")
    code: str | None = Field(description="Credit code, or filing number 统一社会信用代码或备案编号")
    counted: bool = Field(description="Whether it is in the numerator 是否计入分子")
    facts: list[FactShown] = Field(description="What decides that 决定性事实")
    since: date = Field(description="First day on which all its facts are these 起始日期")


class MemberPage(BaseModel):
    """A page of the organizations behind a count 名单."""

    indicator: str = Field(description="Id of the indicator 指标")
    part: Literal["numerator", "denominator", "gap"] = Field(description="Which list 名单范围")
    valid_on: date = Field(description="The civil date that is counted 统计日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of each day 区划口径日期"
    )
    items: list[MemberDocument] = Field(description="By area, then by id 按区划、编号排序")
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")
    count: int | None = Field(description="How many on all pages, when `count=exact` 总数")
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")


class ParameterValue(BaseModel):
    """A number and the rule that set it 参数值."""

    from_: date = Field(alias="from", description="First day in force 生效日")
    value: int = Field(description="The number 数值")
    reference: str = Field(description="The rule 依据")


class MeasureDocument(BaseModel):
    """What an organization adds: `organizations` (one), `sum` of its fields, `share_of` a field
    (1 divided by it) 合计方式.
    """

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


class EditionDocument(BaseModel):
    """An edition 版本."""

    edition: int = Field(description="Number 版本号")
    positions: Positions = Field(description="Ledger positions 账本位置")
    recorded_at: datetime | None = Field(description="When it was recorded 记录时间")


class FeedDocument(BaseModel):
    """How far one feed is followed 变更订阅进度."""

    position: int = Field(description="Last position applied 已处理位置")
    head: int = Field(description="Last position of the feed 账本末尾")
    lag_positions: int = Field(description="Positions between them 落后条数")
    lag_seconds: float | None = Field(
        description="How long the next event has waited; null while unreachable 落后秒数"
    )
    parked: int = Field(description="Subjects set aside because an event failed 搁置主体数")
    reachable: bool = Field(description="Whether the feed could be asked now 是否可达")


class FreshnessDocument(BaseModel):
    """How fresh the answers are 数据新鲜度."""

    edition: int = Field(description="Edition that answers come from 服务版本")
    positions: Positions = Field(description="Ledger positions in that edition 账本位置")
    recorded: EditionDocument = Field(description="Newest edition in the database 已记录版本")
    feeds: dict[str, FeedDocument] = Field(description="By feed: registry, router 各订阅")
