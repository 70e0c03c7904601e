"""What comes out of reading obligations."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from registry_api.api.schemas import ObligationOut
from registry_api.domain.code_lists import code_lists
from registry_api.domain.obligations import Obligation, rules


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


def obligation_words(owed: Obligation, day: date, language: str) -> dict[str, object]:
    """An obligation on `day` as the members of `StandingObligationOut`."""
    rule = rules()[owed.kind]
    return {
        "kind": owed.kind,
        "title": code_lists()["obligation_kind"].values[owed.kind].say(language),
        "since": owed.since,
        "due_on": owed.due_on,
        "overdue": owed.overdue_on(day),
        "clause": rule.clause.say(language),
        "source": rule.source,
        "basis": rule.basis,
        "discharge": rule.discharge.say(language),
        "discharged_by": list(rule.discharged_by),
    }
