"""The organization: one model for the HTTP edge, the import and the documentation.

`title` is the field's Chinese name, which is also its column header in files. Every field is
always present in a document; unknown is null (`complete` fills what a merge left out).
"""

from functools import cache
from typing import Annotated, Any, get_origin

from pydantic import BaseModel, Field, StringConstraints

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import CivilDate, Count, Flag, Line, Name, Part
from registry_api.core.organization.life_facts import (
    AbnormalListing,
    AnnualInspection,
    Care,
    DemonstrationSite,
    Evaluation,
    LeadershipElection,
    OrganizationalLife,
    Recommendation,
    Recruitment,
    Training,
    counted,
)


class Authority(Part):
    """登记管理机关 registration authority."""

    name: Name | None = Field(None, title="登记管理机关")
    division_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3})?$")] | None = (
        Field(
            None,
            title="登记管理机关区划代码",
            description="GB/T 2260, 6 digits; 9 for a street that keeps files (备案)",
            examples=["440303"],
        )
    )


class Registration(Part):
    """How, where and when it was registered 登记."""

    mode: Annotated[str, Coded("registration_mode")] | None = Field(None, title="登记方式")
    level: Annotated[str, Coded("registration_level")] | None = Field(None, title="登记层级")
    authority: Authority = Authority()
    registered_on: CivilDate | None = Field(None, title="成立登记日期", examples=["2009-03-02"])


class BusinessSupervisor(Part):
    """业务主管单位 business supervisor."""

    name: Name | None = Field(None, title="业务主管单位")
    system: Annotated[str, Coded("system")] | None = Field(None, title="业务主管单位系统")


class Domicile(Part):
    """住所 domicile."""

    division_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}([0-9]{3})?$")] | None = (
        Field(
            None,
            title="住所区划代码",
            description="Street (9 digits) or community (12 digits)",
            examples=["440303001"],
        )
    )
    address: Line | None = Field(None, title="住所")


class Grade(Part):
    """评估等级 evaluation grade; `none` is an evaluation that gave no grade."""

    level: Annotated[str, Coded("grade")] | None = Field(None, title="评估等级")
    announced_on: CivilDate | None = Field(None, title="等级公告日期")
    valid_until: CivilDate | None = Field(None, title="等级有效期至")


class Charter(Part):
    """党建入章 Party building in the charter."""

    state: Annotated[str, Coded("charter_state")] = Field("none", title="党建入章")
    wording: Annotated[str, Coded("charter_wording")] | None = Field(None, title="入章表述")
    on: CivilDate | None = Field(None, title="入章日期")


class Secretary(Part):
    """The secretary's post, never a name 书记岗位."""

    post: Name | None = Field(None, title="书记岗位")
    cross_posted: Flag | None = Field(None, title="书记交叉任职")
    appointed_on: CivilDate | None = Field(None, title="书记任职日期")


class PartyOrganization(Part):
    """The Party organization that covers this organization 党组织."""

    form: Annotated[str, Coded("party_organization_form")] | None = Field(None, title="党组织形式")
    mode: Annotated[str, Coded("party_organization_mode")] | None = Field(None, title="组建方式")
    with_: Annotated[list[Name], Field(max_length=50)] = Field(
        [], alias="with", title="联合组建单位", description="The other units of a joint formation"
    )
    established_on: CivilDate | None = Field(None, title="党组织成立日期")
    approval: Line | None = Field(
        None,
        title="党组织批准文号",
        description="The approval, where there are fewer members than usual",
    )
    secretary: Secretary | None = None
    elected_on: CivilDate | None = Field(None, title="党组织换届日期")
    term_until: CivilDate | None = Field(None, title="党组织任期至")


class Instructor(Part):
    """党建指导员."""

    assigned_on: CivilDate | None = Field(None, title="指导员派驻日期")


class Liaison(Part):
    """党建联络员."""

    assigned_on: CivilDate | None = Field(None, title="联络员指派日期")


class Organizer(Part):
    """党建组织员."""

    assigned_on: CivilDate | None = Field(None, title="组织员指派日期")


class Party(Part):
    """Party building: counts and posts, never persons 党建."""

    full_members: Count | None = Field(None, title="正式党员数")
    probationary_members: Count | None = Field(None, title="预备党员数")
    organization: PartyOrganization | None = None
    instructor: Instructor | None = None
    liaison: Liaison | None = None
    organizer: Organizer | None = None
    organizational_life: OrganizationalLife | None = None
    training: Training | None = None
    recruitment: Recruitment | None = None
    care: Care | None = None
    demonstration_site: DemonstrationSite | None = None


class OrganizationState(Part):
    """What is true of a social organization on a day 社会组织."""

    credit_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NP-RTUWXY]{18}$")] | None = (
        Field(
            None,
            title="统一社会信用代码",
            description="GB 32100-2015, 18 characters",
            examples=["521101087699048930"],
        )
    )
    filing_number: Name | None = Field(None, title="备案编号")
    credit_code_waiver: Line | None = Field(
        None, title="信用代码校验豁免理由", description="Why a wrong check character is accepted"
    )
    name: Name = Field(title="名称")
    kind: Annotated[str, Coded("organization_kind")] = Field(title="社会组织类型")
    institution_type: Annotated[str, Coded("institution_type")] | None = Field(
        None, title="机构类别"
    )
    category: Annotated[str, Coded("category")] | None = Field(None, title="行业类别")
    registration: Registration = Registration()
    business_supervisor: BusinessSupervisor | None = None
    licence_issuer: Annotated[str, Coded("system")] | None = Field(None, title="发证部门系统")
    affiliation: Annotated[str, Coded("body_kind")] | None = Field(None, title="隶属关系")
    domicile: Domicile | None = None
    status: Annotated[str, Coded("organization_status")] = Field("active", title="登记状态")
    full_time_staff: Count | None = Field(None, title="专职工作人员数")
    sponsor: Name | None = Field(None, title="发起人单位")
    grade: Grade | None = None
    charter: Charter = Charter()
    party: Party = Party()
    annual_inspection: AnnualInspection | None = None
    evaluation: Evaluation | None = None
    leadership_election: LeadershipElection | None = None
    abnormal_list: AbnormalListing | None = None
    recommendation: Recommendation | None = None
    predecessors: Annotated[list[Name], Field(max_length=100)] = Field([], title="前身")
    successors: Annotated[list[Name], Field(max_length=100)] = Field([], title="承继组织")


State = dict[str, Any]
"""An organization's state as JSON: dates as text, every field present."""


def to_state(model: OrganizationState, without: set[str] | None = None) -> State:
    """The model as a JSON state, `without` the fields that a model made of it adds."""
    return model.model_dump(mode="json", by_alias=True, exclude=without)


@cache
def shape(model: type[BaseModel]) -> tuple[tuple[str, Any, type[BaseModel] | None, bool], ...]:
    """(key, default, nested model, nested is nullable) of each field."""
    fields = []
    for name, field in model.model_fields.items():
        nested = next(
            (t for t in (field.annotation, *getattr(field.annotation, "__args__", ()))
             if isinstance(t, type) and issubclass(t, BaseModel)
             and get_origin(field.annotation) is not dict),
            None,
        )  # fmt: skip
        default = field.get_default(call_default_factory=True) if not field.is_required() else None
        nullable = nested is not None and default is None
        if isinstance(default, BaseModel):
            default = default.model_dump(mode="json", by_alias=True)
        fields.append((field.alias or name, default, nested, nullable))
    return tuple(fields)


def complete(state: State, model: type[BaseModel] = OrganizationState) -> State:
    """`state` with every field of the model present, nulls and defaults where it has none."""
    whole: State = {}
    for key, default, nested, _ in shape(model):
        value = state.get(key, default)
        if value is None and default is not None:
            value = default
        whole[key] = complete(value, nested) if nested and isinstance(value, dict) else value
    return whole


def settled(state: State) -> State:
    """`state` whole, with what other fields say counted: what a fold of patches leaves."""
    whole = complete(state)
    if whole["leadership_election"]:
        whole["leadership_election"] = counted(whole["leadership_election"])
    return whole


def access_area(state: State) -> str:
    """The division whose officials may see the organization: its domicile, else its authority's.

    "" where neither is known: only callers without an area limit see it.
    """
    domicile = state["domicile"] or {}
    return (
        domicile.get("division_code") or state["registration"]["authority"]["division_code"] or ""
    )


DECIDED_BY_EVENTS = {"leadership_election": "leadership-elections", "evaluation": "evaluations"}
"""What only its own events decide, and where they are recorded."""
