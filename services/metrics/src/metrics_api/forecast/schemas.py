"""What a forecast and its lists say, described for the specification."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import FactShown, ListedOrganization, ReceiptDocument, Wording
from metrics_api.core.definitions.forecasts import State


class ForecastStates(BaseModel):
    """How many organizations stand how 各状态数量."""

    overdue: int = Field(description="Their last day was before `valid_on` 已逾期")
    due: int = Field(description="It lies from `valid_on` to `until` 期间到期")
    later: int = Field(description="It comes after `until` 以后到期")
    undated: int = Field(description="No date is recorded to count from 无日期")


class DueMonth(BaseModel):
    """A month in which organizations fall due 到期月份."""

    month: str = Field(description="Year and month 月份")
    due: int = Field(description="How many fall due in it 到期数")


class ForecastObligation(ForecastStates):
    """One obligation, all organizations 义务汇总."""

    obligation: str = Field(description="Its kind, as the registry names obligations 义务编号")
    version: int = Field(description="Changes when the same facts could count otherwise 定义版本")
    title: Wording = Field(description="What it is 义务名称")
    reference: str = Field(description="Where it comes from 依据")
    months: list[DueMonth] = Field(description="When those that fall due do so 分月到期")


class ForecastGroup(ForecastStates):
    """One obligation, one part of the whole 义务分组."""

    obligation: str = Field(description="Its kind 义务编号")
    title: Wording = Field(description="What it is 义务名称")
    by: dict[str, str] = Field(
        description="The key, per dimension; `unassigned` where it is not known 分组键"
    )
    labels: dict[str, str | None] = Field(description="Names of areas and bodies in the key 名称")


class ForecastDocument(BaseModel):
    """What is ahead, if nothing else happens 预测."""

    valid_on: date = Field(description="The civil date it is seen from 统计日期")
    until: date = Field(description="The last day looked at 截止日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of `valid_on` 区划口径日期"
    )
    obligations: list[ForecastObligation] = Field(description="The whole, by kind 义务汇总")
    groups: list[ForecastGroup] = Field(description="The parts, which sum to the whole 分组")
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")


class DueOrganization(ListedOrganization):
    """An organization that owes something 到期名单条目."""

    id: UUID = Field(description="Id in the registry 编号")
    name: str | None = Field(description="Name on `valid_on` 名称")
    code: str | None = Field(description="Credit code, or filing number 统一社会信用代码或备案编号")
    state: State = Field(description="How it stands 状态")
    due_on: date | None = Field(
        description="The last day on which it is in time; null where no date is recorded 到期日"
    )
    facts: list[FactShown] = Field(
        description="What decides that it owes it, and by which day; dates are half-open ends "
        "决定性事实"
    )
    since: date = Field(description="First day on which all its facts are these 起始日期")


class ForecastMembers(BaseModel):
    """A page of the organizations behind a number of the forecast 到期名单."""

    obligation: str = Field(description="Its kind, as the registry names obligations 义务编号")
    title: Wording = Field(description="What it is 义务名称")
    state: list[State] = Field(description="How those who are listed stand 状态")
    month: str | None = Field(description="Only those who fall due in this month 到期月份")
    valid_on: date = Field(description="The civil date it is seen from 统计日期")
    until: date = Field(description="The last day looked at 截止日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of `valid_on` 区划口径日期"
    )
    items: list[DueOrganization] = Field(
        description="By their last day, those without one at the end; then by id 按到期日排序"
    )
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")
    count: int = Field(description="How many on all pages 总数")
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")
