"""The Party organization 党组织: formed, changed, re-elected, dissolved."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field

from registry_api.core.code_lists import Coded
from registry_api.core.dates import years_later
from registry_api.core.field_types import Flag, Line, Name
from registry_api.core.life_events.event import Effect, LifeEvent, not_possible
from registry_api.core.organization.state import State
from registry_api.core.parameters import parameter

_THRESHOLDS = {
    "branch": "party_organization_members",
    "general_branch": "general_branch_members",
    "committee": "committee_members",
    "functional": "party_organization_members",
    "temporary": "party_organization_members",
}
"""The dated parameter with the full members that a form needs when it is formed solo."""

_GATED = frozenset({"form", "mode", "with", "approval"})
"""Whatever changes one of these passes the gates of a formation."""


class _Post(LifeEvent):
    secretary_post: Name | None = Field(None, description="The post, never a name 书记岗位")
    secretary_cross_posted: Flag | None = Field(
        None, description="Also a principal of the organization 是否交叉任职"
    )

    def secretary(self, current: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the event says of the secretary's post, {} for nothing; `held` is the one there is.

        Raises Refusal where it is said to be cross-posted and there is none.
        """
        if self.secretary_post is not None:
            return {
                "post": self.secretary_post,
                "cross_posted": self.secretary_cross_posted,
                "appointed_on": self.effective_on.isoformat(),
            }
        if self.secretary_cross_posted is None:
            return {}
        if current is None:
            raise not_possible("no_secretary", "/secretary_post")
        return {"cross_posted": self.secretary_cross_posted}


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

    def _effect(self, state: State) -> Effect:
        """An organizer's work is done with it."""
        organization = {
            "form": self.form,
            "mode": self.mode,
            "with": self.with_,
            "established_on": self.effective_on.isoformat(),
            "approval": self.approval,
            "secretary": self.secretary() or None,
            "elected_on": None,
            "term_until": None,
        }
        return Effect({"party": {"organization": organization, "organizer": None}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It must not exist yet; solo needs the members, joint needs the others' names."""
        if state["party"]["organization"] is not None:
            raise not_possible("party_organization_exists")
        _check_gates(state, patch["party"]["organization"], day)


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
    approval: Line | None = Field(
        None, description="The approval, where there are fewer members than usual 批准文号"
    )

    def _effect(self, state: State) -> Effect:
        """What is left out stays as it is; who leaves a joint organization has no other units."""
        current = _existing(state)
        sent = (
            ("form", self.form),
            ("mode", self.mode),
            ("with", self.with_),
            ("approval", self.approval),
        )
        change: dict[str, Any] = {name: value for name, value in sent if value is not None}
        if self.mode == "solo" and self.with_ is None:
            change["with"] = []
        if secretary := self.secretary(current["secretary"]):
            change["secretary"] = secretary
        if not change:
            raise not_possible("nothing_changes")
        return Effect({"party": {"organization": change}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It must exist; another form or mode passes the gates of a formation."""
        change = patch["party"]["organization"]
        current = _existing(state)
        if _GATED & change.keys():
            _check_gates(state, {**current, **change}, day)


class PartyOrganizationReelected(_Post):
    """The Party organization has held its election; a new term begins."""

    path: ClassVar[str] = "party-organization/election"
    type: ClassVar[str] = "organization.party_organization_reelected"
    title: ClassVar[str] = "Party organization re-elected 党组织换届"

    def _effect(self, state: State) -> Effect:
        """The term is a dated parameter."""
        current = _existing(state)
        committee = current["form"] == "committee"
        years = "committee_term_years" if committee else "branch_term_years"
        term = parameter(years, self.effective_on)
        change: dict[str, Any] = {"elected_on": self.effective_on.isoformat()}
        if term:
            change["term_until"] = years_later(self.effective_on, term.value).isoformat()
        if secretary := self.secretary(current["secretary"]):
            change["secretary"] = secretary
        return Effect({"party": {"organization": change}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It must exist."""
        _existing(state)


class PartyOrganizationDissolved(LifeEvent):
    """The Party organization is dissolved."""

    path: ClassVar[str] = "party-organization/dissolution"
    type: ClassVar[str] = "organization.party_organization_dissolved"
    title: ClassVar[str] = "Party organization dissolved 撤销党组织"

    def _effect(self, state: State) -> Effect:
        return Effect({"party": {"organization": None}})

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """It must exist."""
        _existing(state)


def _existing(state: State) -> dict[str, Any]:
    current: dict[str, Any] | None = state["party"]["organization"]
    if current is None:
        raise not_possible("no_party_organization")
    return current


def _check_gates(state: State, organization: dict[str, Any], day: date) -> None:
    """The gates of a formation: joint with named others, solo with enough full members."""
    form, mode = organization["form"], organization["mode"]
    if form == "joint_branch" and mode == "solo":
        raise not_possible("joint_branch_is_joint", "/mode", mode)
    if mode == "joint" and not organization["with"]:
        raise not_possible("joint_with_whom", "/with", [])
    threshold = _THRESHOLDS.get(form)
    if mode != "solo" or threshold is None or organization["approval"] is not None:
        return
    members = state["party"]["full_members"] or 0
    needed = parameter(threshold, day)
    if needed and members < needed.value:
        raise not_possible(
            "too_few_members", "/form", form, members=members, needed=needed.value,
            source=needed.source,
        )  # fmt: skip


PARTY_ORGANIZATION_EVENTS: tuple[type[LifeEvent], ...] = (
    PartyOrganizationFormed,
    PartyOrganizationChanged,
    PartyOrganizationReelected,
    PartyOrganizationDissolved,
)
