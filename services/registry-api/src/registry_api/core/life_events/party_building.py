"""Party building beside the Party organization itself: members, workers, charter, life, sites."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import Count, Line
from registry_api.core.life_events.charter import check_charter
from registry_api.core.life_events.event import Effect, LifeEvent, not_possible
from registry_api.core.life_events.periods import check_period
from registry_api.core.organization.life_facts import Quarter, Year
from registry_api.core.organization.state import State
from registry_api.core.parameters import parameter


class MembersCounted(LifeEvent):
    """The members are counted anew."""

    path: ClassVar[str] = "party-members"
    type: ClassVar[str] = "organization.members_counted"
    title: ClassVar[str] = "Members counted 党员统计"

    full_members: Count = Field(description="正式党员数")
    probationary_members: Count = Field(description="预备党员数")

    def _effect(self, state: State) -> Effect:
        """Both counts are replaced."""
        counts = {
            "full_members": self.full_members,
            "probationary_members": self.probationary_members,
        }
        return Effect({"party": counts})


class PartyWorkerAssigned(LifeEvent):
    """An instructor, a liaison or an organizer is assigned."""

    path: ClassVar[str] = "party-workers/assignment"
    type: ClassVar[str] = "organization.party_worker_assigned"
    title: ClassVar[str] = "Party-building worker assigned 选派党建工作者"

    role: Annotated[str, Coded("party_worker_role")] = Field(description="岗位")

    def _effect(self, state: State) -> Effect:
        return Effect({"party": {self.role: {"assigned_on": self.effective_on.isoformat()}}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """One of each role at a time."""
        for role in patch["party"]:
            if state["party"][role] is not None:
                raise not_possible("worker_exists", "/role", role)


class PartyWorkerEnded(LifeEvent):
    """An instructor's, a liaison's or an organizer's assignment ends."""

    path: ClassVar[str] = "party-workers/ending"
    type: ClassVar[str] = "organization.party_worker_ended"
    title: ClassVar[str] = "Party-building worker's assignment ended 党建工作者派驻结束"

    role: Annotated[str, Coded("party_worker_role")] = Field(description="岗位")

    def _effect(self, state: State) -> Effect:
        return Effect({"party": {self.role: None}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """There must be one."""
        for role in patch["party"]:
            if state["party"][role] is None:
                raise not_possible("no_worker", "/role", role)


class CharterIncluded(LifeEvent):
    """Party building enters the charter, provisionally by a resolution or by amendment."""

    path: ClassVar[str] = "charter-inclusion"
    type: ClassVar[str] = "organization.charter_included"
    title: ClassVar[str] = "Party building included in the charter 党建入章"

    state_: Annotated[str, Coded("charter_state")] = Field(alias="state", description="入章状态")
    wording: Annotated[str, Coded("charter_wording")] | None = Field(None, description="入章表述")

    def _effect(self, state: State) -> Effect:
        """Without a wording the one there is stays."""
        charter = {"state": self.state_, "on": self.effective_on.isoformat()}
        if self.wording is not None:
            charter["wording"] = self.wording
        return Effect({"charter": charter})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It goes forward; a wording can't be older than the notice that set it."""
        charter = patch["charter"]
        check_charter(state, charter, "/state")
        wording = charter.get("wording")
        if wording and parameter(f"charter_wording_{wording}", day) is None:
            raise not_possible("wording_not_yet", "/wording", wording)


class OrganizationalLifeHeld(LifeEvent):
    """Organizational life of a quarter, as counts."""

    path: ClassVar[str] = "organizational-life"
    type: ClassVar[str] = "organization.organizational_life_held"
    title: ClassVar[str] = "Organizational life held 三会一课"

    quarter: Quarter = Field(description="Such as 2016Q3 季度", examples=["2016Q3"])
    member_meetings: Count = Field(description="党员大会次数")
    committee_meetings: Count = Field(description="支委会次数")
    group_meetings: Count = Field(description="党小组会次数")
    lectures: Count = Field(description="党课次数")

    def _effect(self, state: State) -> Effect:
        return Effect({"party": {"organizational_life": _facts(self)}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Somebody must be there to hold it: there is a Party organization."""
        if state["party"]["organization"] is None:
            raise not_possible("no_party_organization")
        check_period(state, patch, day, "organizational_life")


class TrainingAttended(LifeEvent):
    """Training attended in a year, in hours."""

    path: ClassVar[str] = "training"
    type: ClassVar[str] = "organization.training_attended"
    title: ClassVar[str] = "Training attended 参加培训"

    year: Year = Field(description="年度")
    secretary_hours: Count = Field(description="书记学时")
    member_hours: Count = Field(description="党员学时")

    def _effect(self, state: State) -> Effect:
        """The year's hours so far."""
        return Effect({"party": {"training": _facts(self)}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Year after year."""
        check_period(state, patch, day, "training")


class RecruitmentCounted(LifeEvent):
    """The recruitment pipeline of a year, as counts."""

    path: ClassVar[str] = "recruitment"
    type: ClassVar[str] = "organization.recruitment_counted"
    title: ClassVar[str] = "Recruitment pipeline counted 发展党员"

    year: Year = Field(description="年度")
    applicants: Count = Field(description="入党申请人数")
    activists: Count = Field(description="入党积极分子人数")
    candidates: Count = Field(description="发展对象人数")
    admitted: Count = Field(description="接收预备党员人数")

    def _effect(self, state: State) -> Effect:
        """The year's counts so far."""
        return Effect({"party": {"recruitment": _facts(self)}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Year after year."""
        check_period(state, patch, day, "recruitment")


class CareGiven(LifeEvent):
    """Care measures of a year, as counts."""

    path: ClassVar[str] = "care"
    type: ClassVar[str] = "organization.care_given"
    title: ClassVar[str] = "Care measures 关怀帮扶"

    year: Year = Field(description="年度")
    visits: Count = Field(description="走访慰问人次")
    aided: Count = Field(description="困难帮扶人次")

    def _effect(self, state: State) -> Effect:
        """The year's counts so far."""
        return Effect({"party": {"care": _facts(self)}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Year after year."""
        check_period(state, patch, day, "care")


class DemonstrationSiteMoved(LifeEvent):
    """A demonstration site is nominated, designated or withdrawn."""

    path: ClassVar[str] = "demonstration-site"
    type: ClassVar[str] = "organization.demonstration_site_moved"
    title: ClassVar[str] = "Demonstration site nominated, designated, withdrawn 示范点"

    state_: Annotated[str, Coded("demonstration_state")] = Field(alias="state", description="状态")
    theme: Line | None = Field(None, description="Stays as it is when left out 主题")

    def _effect(self, state: State) -> Effect:
        """A nomination begins anew; after it the theme and the latest review stay."""
        site: dict[str, Any] = {"state": self.state_, "on": self.effective_on.isoformat()}
        if self.state_ == "nominated":
            site |= {"theme": None, "reviewed_on": None, "review_result": None}
        if self.theme is not None:
            site["theme"] = self.theme
        return Effect({"party": {"demonstration_site": site}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Nominated first, then designated, then withdrawn."""
        current = (state["party"]["demonstration_site"] or {}).get("state")
        next_state = patch["party"]["demonstration_site"]["state"]
        allowed: dict[str, set[str | None]] = {
            "nominated": {None, "withdrawn"},
            "designated": {"nominated"},
            "withdrawn": {"nominated", "designated"},
        }
        if current not in allowed[next_state]:
            raise not_possible("site_step", "/state", next_state, held=current or "-")


class DemonstrationSiteReviewed(LifeEvent):
    """A designated demonstration site is reviewed; one that fails is withdrawn."""

    path: ClassVar[str] = "demonstration-site/reviews"
    type: ClassVar[str] = "organization.demonstration_site_reviewed"
    title: ClassVar[str] = "Demonstration site reviewed 示范点复核"

    result: Annotated[str, Coded("demonstration_review_result")] = Field(description="复核结论")

    def _effect(self, state: State) -> Effect:
        """What the review said stays with the site."""
        day = self.effective_on.isoformat()
        site = {"reviewed_on": day, "review_result": self.result}
        if self.result == "failed":
            site |= {"state": "withdrawn", "on": day}
        return Effect({"party": {"demonstration_site": site}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Only what is designated is reviewed."""
        current = (state["party"]["demonstration_site"] or {}).get("state")
        if current != "designated":
            raise not_possible("site_not_designated", "", current or "-")


def _facts(event: LifeEvent) -> dict[str, Any]:
    return event.model_dump(mode="json", exclude={"effective_on", "reason"})


PARTY_BUILDING_EVENTS: tuple[type[LifeEvent], ...] = (
    MembersCounted,
    PartyWorkerAssigned,
    PartyWorkerEnded,
    CharterIncluded,
    OrganizationalLifeHeld,
    TrainingAttended,
    RecruitmentCounted,
    CareGiven,
    DemonstrationSiteMoved,
    DemonstrationSiteReviewed,
)
