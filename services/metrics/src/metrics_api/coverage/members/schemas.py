"""What a list of members says, described for the specification."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import FactShown, ListedOrganization, ReceiptDocument


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
