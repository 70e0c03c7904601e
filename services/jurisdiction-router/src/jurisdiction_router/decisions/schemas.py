"""Questions as they come in and decisions as they go out."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from jurisdiction_router.assignments.schemas import DecisionDocument
from jurisdiction_router.core.rules.facts import (
    INSTITUTION_TYPES,
    KINDS,
    LEVELS,
    MODES,
)
from jurisdiction_router.field_types import BodyKind, DivisionCode, Strict, System, one_of

Kind = Annotated[str, *one_of(KINDS)]
InstitutionType = Annotated[str, *one_of(INSTITUTION_TYPES)]
RegistrationLevel = Annotated[str, *one_of(LEVELS)]
RegistrationMode = Annotated[str, *one_of(MODES)]


class AuthorityIn(Strict):
    """The registering authority 登记管理机关."""

    name: str | None = None
    division_code: DivisionCode | None = None


class RegistrationIn(Strict):
    """How it is registered 登记."""

    mode: RegistrationMode | None = None
    level: RegistrationLevel | None = None
    authority: AuthorityIn | None = None
    registered_on: date | None = None


class SupervisorIn(Strict):
    """The business supervisor 业务主管单位."""

    name: str | None = Field(default=None, max_length=200)
    system: System | None = None


class DomicileIn(Strict):
    """Where it is 住所."""

    division_code: DivisionCode | None = None
    address: str | None = None


class OrganizationIn(Strict):
    """An organization's state as the registry shows it, whole or in part 社会组织.

    Only the fields described here decide. A field that is absent is unknown, and asked for if the
    answer depends on it; `null` says that there is none.
    """

    kind: Kind | None = Field(default=None, description="类别")
    institution_type: InstitutionType | None = Field(default=None, description="机构类型")
    registration: RegistrationIn | None = Field(default=None, description="登记")
    business_supervisor: SupervisorIn | None = Field(default=None, description="业务主管单位")
    licence_issuer: System | None = Field(default=None, description="许可证颁发部门所属系统")
    affiliation: BodyKind | None = Field(default=None, description="隶属关系")
    domicile: DomicileIn | None = Field(default=None, description="住所")
    id: Any = None
    revision: Any = None
    credit_code: Any = None
    filing_number: Any = None
    credit_code_waiver: Any = None
    name: Any = None
    category: Any = None
    status: Any = None
    full_time_staff: Any = None
    sponsor: Any = None
    grade: Any = None
    charter: Any = None
    party: Any = None
    predecessors: Any = None
    successors: Any = None


class Question(Strict):
    """Whose supervision is asked for, and on which day 询问."""

    organization: OrganizationIn
    valid_on: date | None = Field(
        default=None, description="Civil date (Asia/Shanghai), default today 有效日期"
    )


class Questions(Strict):
    """Whose supervision is asked for, many at once 批量询问."""

    organizations: list[OrganizationIn] = Field(
        min_length=1, max_length=1000, description="At most 1,000 社会组织"
    )
    valid_on: date | None = Field(
        default=None, description="Civil date (Asia/Shanghai), default today 有效日期"
    )
    trace: bool = Field(
        default=False, description="With trace, nearest flip and explanation 是否附推理过程"
    )


class Decision(DecisionDocument):
    """A decision document 判断文书.

    `decision` is the digest of the canonical JSON (RFC 8785) of all other fields but `valid_on`.
    """

    valid_on: str = Field(description="有效日期")


class Decisions(BaseModel):
    """Decision documents in the order of the questions 批量判断."""

    valid_on: str = Field(description="有效日期")
    items: list[dict[str, Any] | None] = Field(
        description="As of a single decision; without `trace` it lacks `decision`, `trace`, "
        "`nearest_flip` and `explanation`. Null where no rule set is in force 判断"
    )
