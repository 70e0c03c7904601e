"""The Party organization 党组织: formed, changed, re-elected, dissolved."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from registry_api.domain.code_lists import Coded
from registry_api.domain.dates import years_later
from registry_api.domain.field_types import Flag, Line, Name
from registry_api.domain.life_events.event import Effect, LifeEvent, not_possible
from registry_api.domain.organization import State
from registry_api.domain.parameters import parameter

_THRESHOLDS = {
    "branch": "party_organization_members",
    "general_branch": "general_branch_members",
    "committee": "committee_members",
}
"""The dated parameter with the full members that a form needs when it is formed solo."""


class _Post(LifeEvent):
    secretary_post: Name | None = Field(None, description="The post, never a name 书记岗位")
    secretary_cross_posted: Flag | None = Field(
        None, description="Also a principal of the organization 是否交叉任职"
    )

    def secretary(self) -> dict[str, Any] | None:
        """The secretary's post from this day on, None when none is named."""
        if self.secretary_post is None:
            return None
        return {
            "post": self.secretary_post,
            "cross_posted": self.secretary_cross_posted,
            "appointed_on": self.effective_on.isoformat(),
        }


class PartyOrganizationFormed(_Post):
    """A Party organization is formed, solo or jointly with named others."""

    path: ClassVar[str] = "party-organization/formation"
    type: ClassVar[str] = "organization.party_organization_formed"
    title: ClassVar[str] = "Party organization formed 组建党组织"

    form: Annotated[str, Coded("party_organization_form")] = Field(description="党组织形式")
    mode: Annotated[str, Coded("party_organization_mode")] = Field(description="组建方式")
    with_: Annotated[list[Name], Field(max_length=50)] = Field(
        [], alias="with", description="The other units of a joint formation 联合组建单位"
    )
    approval: Line | None = Field(
        None, description="The approval, where there are fewer members than usual 批准文号"
    )

    def effect(self, state: State) -> Effect:
        """It must not exist yet; solo needs the members, joint needs the others' names."""
        if state["party"]["organization"] is not None:
            raise not_possible("party_organization_exists")
        if self.mode == "joint" and not self.with_:
            raise not_possible("joint_with_whom", "/with", [])
        self._check_members(state["party"]["full_members"] or 0)
        organization = {
            "form": self.form,
            "mode": self.mode,
            "with": self.with_,
            "established_on": self.effective_on.isoformat(),
            "secretary": self.secretary(),
            "elected_on": None,
            "term_until": None,
        }
        return Effect({"party": {"organization": organization, "organizer": None}})

    def _check_members(self, members: int) -> None:
        threshold = _THRESHOLDS.get(self.form)
        if self.mode != "solo" or threshold is None or self.approval is not None:
            return
        needed = parameter(threshold, self.effective_on)
        if needed and members < needed.value:
            raise not_possible(
                "too_few_members", "/form", self.form, members=members, needed=needed.value,
                source=needed.source,
            )  # fmt: skip


class PartyOrganizationChanged(_Post):
    """Form, units or secretary of the Party organization change."""

    path: ClassVar[str] = "party-organization/change"
    type: ClassVar[str] = "organization.party_organization_changed"
    title: ClassVar[str] = "Party organization changed 党组织变更"

    form: Annotated[str, Coded("party_organization_form")] | None = Field(
        None, description="党组织形式"
    )
    mode: Annotated[str, Coded("party_organization_mode")] | None = Field(
        None, description="组建方式"
    )
    with_: Annotated[list[Name], Field(max_length=50)] | None = Field(
        None, alias="with", description="联合组建单位"
    )

    def effect(self, state: State) -> Effect:
        """What is left out stays as it is."""
        _require(state)
        change: dict[str, Any] = {
            name: value
            for name, value in (("form", self.form), ("mode", self.mode), ("with", self.with_))
            if value is not None
        }
        if secretary := self.secretary():
            change["secretary"] = secretary
        if not change:
            raise not_possible("nothing_changes")
        return Effect({"party": {"organization": change}})


class PartyOrganizationReelected(_Post):
    """The Party organization has held its election; a new term begins."""

    path: ClassVar[str] = "party-organization/election"
    type: ClassVar[str] = "organization.party_organization_reelected"
    title: ClassVar[str] = "Party organization re-elected 党组织换届"

    def effect(self, state: State) -> Effect:
        """The term is a dated parameter."""
        _require(state)
        term = parameter("branch_term_years", self.effective_on)
        change: dict[str, Any] = {"elected_on": self.effective_on.isoformat()}
        if term:
            change["term_until"] = years_later(self.effective_on, term.value).isoformat()
        if secretary := self.secretary():
            change["secretary"] = secretary
        return Effect({"party": {"organization": change}})


class PartyOrganizationDissolved(LifeEvent):
    """The Party organization is dissolved."""

    path: ClassVar[str] = "party-organization/dissolution"
    type: ClassVar[str] = "organization.party_organization_dissolved"
    title: ClassVar[str] = "Party organization dissolved 撤销党组织"

    def effect(self, state: State) -> Effect:
        """It must exist."""
        _require(state)
        return Effect({"party": {"organization": None}})


def _require(state: State) -> None:
    if state["party"]["organization"] is None:
        raise not_possible("no_party_organization")


PARTY_ORGANIZATION_EVENTS: tuple[type[LifeEvent], ...] = (
    PartyOrganizationFormed,
    PartyOrganizationChanged,
    PartyOrganizationReelected,
    PartyOrganizationDissolved,
)
