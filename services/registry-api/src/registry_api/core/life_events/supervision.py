"""What the registration authority does: inspect, evaluate, list, recommend, suspend, end."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field

from registry_api.core.code_lists import Coded
from registry_api.core.evaluation import grade_valid_until, grounds_of_veto
from registry_api.core.field_types import Count, Flag, Line
from registry_api.core.life_events.charter import check_charter
from registry_api.core.life_events.event import Effect, LifeEvent, not_possible
from registry_api.core.organization.life_facts import Year
from registry_api.core.organization.state import State


class AnnualInspected(LifeEvent):
    """The annual inspection with its Party-building section, which refreshes what it asks."""

    path: ClassVar[str] = "annual-inspections"
    type: ClassVar[str] = "organization.annual_inspection"
    title: ClassVar[str] = "Annual inspection 年检"

    year: Year = Field(description="年检年度")
    result: Annotated[str, Coded("inspection_result")] = Field(description="结论")
    party_section: Flag = Field(description="The report has its Party-building section 含党建内容")
    full_members: Count | None = Field(None, description="正式党员数")
    probationary_members: Count | None = Field(None, description="预备党员数")
    charter_state: Annotated[str, Coded("charter_state")] | None = Field(
        None, description="A charter caught up with on this occasion 补入章程"
    )

    def _effect(self, state: State) -> Effect:
        """五嵌入 (1): members and charter are brought up to date where the report says so.

        One that is made up for is told beside the one of the newest year.
        """
        inspection = {
            "year": self.year,
            "result": self.result,
            "party_section": self.party_section,
            "on": self.effective_on.isoformat(),
        }
        newest = (state["annual_inspection"] or {}).get("year") or self.year
        if self.year < newest:
            inspection = {"made_up": inspection}
        patch: dict[str, Any] = {"annual_inspection": inspection}
        members = {
            name: value
            for name, value in (
                ("full_members", self.full_members),
                ("probationary_members", self.probationary_members),
            )
            if value is not None
        }
        if members:
            patch["party"] = members
        if self.charter_state not in {None, state["charter"]["state"]}:
            patch["charter"] = {"state": self.charter_state, "on": self.effective_on.isoformat()}
        return Effect(patch)

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """A year is inspected when it is over; what a later one said is not undone."""
        inspection = patch["annual_inspection"]
        made_up = "made_up" in inspection and "year" not in inspection
        year = inspection["made_up"]["year"] if made_up else inspection["year"]
        if year >= day.year:
            raise not_possible("year_not_over", "/year", year, day=day.isoformat())
        newest = (state["annual_inspection"] or {}).get("year")
        if newest is not None and not made_up and year < newest:
            raise not_possible("newer_period_told", "/year", year, held=newest)
        if "charter" in patch:
            check_charter(state, patch["charter"], "/charter_state")


class Evaluated(LifeEvent):
    """An evaluation; a veto is its outcome, with reasons, not an error."""

    path: ClassVar[str] = "evaluations"
    type: ClassVar[str] = "organization.evaluation"
    title: ClassVar[str] = "Evaluation with veto 等级评估"

    proposed: Annotated[str, Coded("grade")] = Field(description="拟评等级；none 为未达等级")

    def _effect(self, state: State) -> Effect:
        """五嵌入 (2): a vetoed evaluation leaves the grade as it was."""
        grounds = grounds_of_veto(state, self.proposed, self.effective_on)
        outcome = "vetoed" if grounds else "declined" if self.proposed == "none" else "granted"
        evaluation = {
            "proposed": self.proposed,
            "outcome": outcome,
            "grounds": [ground.code for ground in grounds],
            "on": self.effective_on.isoformat(),
        }
        patch: dict[str, Any] = {"evaluation": evaluation}
        if outcome != "vetoed":
            patch["grade"] = {
                "level": self.proposed,
                "announced_on": self.effective_on.isoformat(),
                "valid_until": _isoformat(grade_valid_until(self.proposed, self.effective_on)),
            }
        reasons = [{"ground": g.code, "zh": g.text.zh, "en": g.text.en} for g in grounds]
        return Effect(patch, {"outcome": outcome, "grounds": reasons})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """A grade that was given can't have been vetoed."""
        evaluation = patch["evaluation"]
        if evaluation["outcome"] != "granted":
            return
        if grounds := grounds_of_veto(state, evaluation["proposed"], day):
            facts = {"zh": grounds[0].text.zh, "en": grounds[0].text.en}
            raise not_possible("grade_vetoed", "/proposed", evaluation["proposed"], **facts)


def _isoformat(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


class ListedAbnormal(LifeEvent):
    """The organization enters the list of abnormal activity."""

    path: ClassVar[str] = "abnormal-list/entry"
    type: ClassVar[str] = "organization.listed_abnormal"
    title: ClassVar[str] = "Entered on the abnormal list 列入活动异常名录"

    ground: Annotated[str, Coded("abnormal_ground")] = Field(description="事由")

    def _effect(self, state: State) -> Effect:
        listing = {"since": self.effective_on.isoformat(), "ground": self.ground}
        return Effect({"abnormal_list": listing})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It must not be on it."""
        if state["abnormal_list"] is not None:
            raise not_possible("listed_already")


class DelistedAbnormal(LifeEvent):
    """The organization leaves the list of abnormal activity."""

    path: ClassVar[str] = "abnormal-list/removal"
    type: ClassVar[str] = "organization.delisted_abnormal"
    title: ClassVar[str] = "Removed from the abnormal list 移出活动异常名录"

    def _effect(self, state: State) -> Effect:
        return Effect({"abnormal_list": None})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It must be on it."""
        if state["abnormal_list"] is None:
            raise not_possible("not_listed")


class Recommended(LifeEvent):
    """A recommendation for an award or a purchase of services."""

    path: ClassVar[str] = "recommendations"
    type: ClassVar[str] = "organization.recommended"
    title: ClassVar[str] = "Recommended for an award or purchase 评先评优与购买服务推荐"

    purpose: Annotated[str, Coded("recommendation_purpose")] = Field(description="用途")
    subject: Line = Field(description="What it is recommended for 事项")

    def _effect(self, state: State) -> Effect:
        recommendation = {
            "purpose": self.purpose,
            "subject": self.subject,
            "on": self.effective_on.isoformat(),
        }
        return Effect({"recommendation": recommendation})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Who is on the abnormal list is not recommended."""
        if state["abnormal_list"] is not None:
            raise not_possible("listed_not_recommended")


class _StatusChanged(LifeEvent):
    after: ClassVar[str]

    def _effect(self, state: State) -> Effect:
        return Effect({"status": self.after})


class Suspended(_StatusChanged):
    """Activity is suspended."""

    path: ClassVar[str] = "suspension"
    type: ClassVar[str] = "organization.suspended"
    title: ClassVar[str] = "Suspended 停止活动"
    statuses = frozenset({"active"})
    after = "suspended"


class Resumed(_StatusChanged):
    """Activity is resumed."""

    path: ClassVar[str] = "resumption"
    type: ClassVar[str] = "organization.resumed"
    title: ClassVar[str] = "Resumed 恢复活动"
    statuses = frozenset({"suspended"})
    after = "active"


class Deregistered(_StatusChanged):
    """The organization is wound up and deregistered."""

    path: ClassVar[str] = "deregistration"
    type: ClassVar[str] = "organization.deregistered"
    title: ClassVar[str] = "Deregistered 注销登记"
    after = "deregistered"


class Revoked(_StatusChanged):
    """The registration is revoked."""

    path: ClassVar[str] = "revocation"
    type: ClassVar[str] = "organization.revoked"
    title: ClassVar[str] = "Revoked 撤销登记"
    after = "revoked"


SUPERVISION_EVENTS: tuple[type[LifeEvent], ...] = (
    AnnualInspected,
    Evaluated,
    ListedAbnormal,
    DelistedAbnormal,
    Recommended,
    Suspended,
    Resumed,
    Deregistered,
    Revoked,
)
