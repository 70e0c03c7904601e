"""What comes out of reading obligations."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from registry_api.organizations.schemas import ObligationKind, ObligationOut
from servicekit.http import CountedPage


class StandingObligationOut(ObligationOut):
    """Something owed on a day, and what ends it 待办义务."""

    title: str = Field(description="In words, zh or en by Accept-Language 事项名称")
    overdue: bool = Field(description="Whether its term was over before `valid_on` 是否逾期")
    discharge: str = Field(description="What ends it, in words 履行方式")
    discharged_by: list[str] = Field(
        description="Events that end it: paths below the organization 履行事件",
        examples=[["party-organization/formation"]],
    )


class StandingOut(BaseModel):
    """What an organization owes on a day 社会组织待办义务."""

    id: UUID = Field(description="The organization 编号")
    name: str = Field(description="名称")
    valid_on: date = Field(description="The day 有效日期")
    known_at: int = Field(description="As known at this position of the ledger 知悉位置")
    items: list[StandingObligationOut] = Field(description="The most urgent first 待办义务")


class OwingOut(StandingObligationOut):
    """Something owed, and by whom 待办义务及社会组织."""

    organization_id: UUID = Field(description="Who owes it 社会组织编号")
    name: str = Field(description="名称")
    credit_code: str | None = Field(description="统一社会信用代码")
    filing_number: str | None = Field(description="备案编号")
    organization_kind: str = Field(description="社会组织类型")
    institution_type: str | None = Field(description="机构类别")
    area: str = Field(description="Domicile, else authority 所在区划")
    full_members: int | None = Field(description="正式党员数")
    probationary_members: int | None = Field(description="预备党员数")


class OwingPageOut(BaseModel):
    """A page of a work list 待办清单."""

    valid_on: date = Field(description="The day it is looked at 有效日期")
    items: list[OwingOut] = Field(
        description="By term, the earliest first; without a term last 待办义务"
    )
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")
    count: int | None = Field(description="How many in all, when `count=exact` 总数")


class AssignedOut(BaseModel):
    """A Party-building worker who is assigned 已选派."""

    assigned_on: date | None = Field(description="Since when, where known 选派日期")


class InBaseOut(BaseModel):
    """An organization in the information base 党建信息库成员."""

    id: UUID = Field(description="The organization 编号")
    revision: int = Field(description="Its revision 版本")
    name: str = Field(description="名称")
    credit_code: str | None = Field(description="统一社会信用代码")
    filing_number: str | None = Field(description="备案编号")
    kind: str = Field(description="社会组织类型")
    area: str = Field(description="Domicile, else authority 所在区划")
    full_members: int | None = Field(description="正式党员数")
    probationary_members: int | None = Field(description="预备党员数")
    eligible: bool = Field(description="Enough full members to form: overdue 是否应建未建")
    organizer: AssignedOut | None = Field(description="党建组织员")
    organizer_missing: bool = Field(description="No organizer is assigned 是否缺组织员")
    instructor: AssignedOut | None = Field(description="党建指导员")
    liaison: AssignedOut | None = Field(description="党建联络员")
    owes: ObligationKind | None = Field(
        description="What it owes for it: form_party_organization, assign_organizer 待办"
    )
    since: date | None = Field(description="Since when it owes that 起算日期")


class BasePageOut(CountedPage[InBaseOut]):
    """A page of the information base 党建信息库."""

    items: list[InBaseOut] = Field(description="In the order of ids 社会组织")
