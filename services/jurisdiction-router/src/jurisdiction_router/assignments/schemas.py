"""What comes in and what goes out, as pydantic models. Answers are sent from stored text; contract
tests hold the two equal."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from jurisdiction_router.core.directory.directory import AREA_LEVELS, BODY_KINDS
from jurisdiction_router.core.rules.facts import (
    INSTITUTION_TYPES,
    KINDS,
    LEVELS,
    MODES,
    POSITIONS,
    SYSTEMS,
)

DIVISION_CODE = "^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"
DivisionCode = Annotated[
    str, Field(pattern=DIVISION_CODE, description="6, 9 or 12 digits (GB/T 2260) 区划代码")
]


def _one_of(values: Iterable[str]) -> tuple[AfterValidator, Any]:
    """A validator of a closed list, and the list for the specification."""
    allowed = sorted(values)

    def check(value: str) -> str:
        if value not in allowed:
            raise PydanticCustomError(
                "literal_error", "one of {expected}", {"expected": ", ".join(allowed)}
            )
        return value

    return AfterValidator(check), Field(json_schema_extra={"enum": [*allowed]})


_level = _one_of(AREA_LEVELS)
_body_kind = _one_of(BODY_KINDS)
_system = _one_of(SYSTEMS)
_kind = _one_of(KINDS)
_institution_type = _one_of(INSTITUTION_TYPES)
_registration_level = _one_of(LEVELS)
_mode = _one_of(MODES)

AreaLevel = Annotated[str, _level[0], _level[1]]
BodyKind = Annotated[str, _body_kind[0], _body_kind[1]]
System = Annotated[str, _system[0], _system[1]]
AttributeName = Annotated[str, *_one_of(POSITIONS)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Page(BaseModel):
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")
    count: int | None = Field(description="All that match, when asked for 总数")


class Words(BaseModel):
    """A text in both languages 双语文字."""

    zh: str = Field(description="中文")
    en: str = Field(description="English")


class AuthorityIn(Strict):
    """The registering authority 登记管理机关."""

    name: str | None = None
    division_code: DivisionCode | None = None


class RegistrationIn(Strict):
    """How it is registered 登记."""

    mode: Annotated[str, _mode[0], _mode[1]] | None = None
    level: Annotated[str, _registration_level[0], _registration_level[1]] | None = None
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

    kind: Annotated[str, _kind[0], _kind[1]] | None = Field(default=None, description="类别")
    institution_type: Annotated[str, _institution_type[0], _institution_type[1]] | None = Field(
        default=None, description="机构类型"
    )
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


class Party(BaseModel):
    """A body that supervises or assists 党组织或单位."""

    id: str | None = Field(description="Null for a business supervisor 编号")
    kind: str = Field(description="类别")
    name: str = Field(description="名称")
    area_code: str | None = Field(description="所在区划")


class Clause(BaseModel):
    """What a rule rests on 依据条文."""

    source: str = Field(description="来源")
    article: str | None = Field(description="条款位置")
    text: str | None = Field(description="Quoted word for word 原文")


class AssignmentState(BaseModel):
    outcome: Literal["assigned", "needs_decision", "out_of_scope"] = Field(description="结论")
    supervising: Party | None = Field(description="领导和管理的党组织")
    assisting: list[Party] = Field(description="协助单位")
    rule_set: str | None = Field(description="规则集")
    rule: str | None = Field(description="规则")
    basis: str | None = Field(
        description="S, N, L, I, joined by /; D where a body is designated 依据性质"
    )
    flags: list[str] = Field(description="标记")
    decision: str = Field(description="SHA-256 of the decision document 判断文书摘要")


class _Document(AssignmentState):
    reason: str = Field(
        description="rule, designated, missing_facts, conflict, no_rule, no_body, no_rule_set"
    )
    notified: list[Party] = Field(description="告知单位")
    row: str | None = Field(description="Row of the published table 规则表行号")
    title: Words | None = Field(description="规则名称")
    certainty: Literal["stated", "local_practice", "inferred"] | None = Field(description="确定性")
    clause: Clause | None = Field(description="依据条文")
    form: dict[str, Any] | None = Field(description="Form of Party organization 组建形式")
    question: Words | None = Field(description="What has to be settled 待决定事项")
    conflicting: list[str] = Field(description="相互冲突的规则")
    missing: list[str] = Field(description="Facts that would decide 缺少的事实")
    possible: list[dict[str, Any]] = Field(
        description="Answers still open, each `when` a fact has these values; by street (up to 400 "
        "in the authority's territory) only in answers to questions 可能的结论"
    )
    designation: dict[str, Any] | None = Field(
        description="Who designated the body, by what; null where a rule decides 指定"
    )
    by_rule: dict[str, Any] | None = Field(
        description="What the rules say, where a body is designated 规则的结论"
    )
    facts: dict[str, str | None] = Field(description="Facts used 所用事实")
    rule_set_digest: str | None = Field(description="规则集摘要")
    trace: dict[str, Any] = Field(description="Place, rules, candidates 推理过程")
    nearest_flip: dict[str, Any] | None = Field(
        description="The one-fact change that would give another body 最近的改变条件"
    )
    explanation: Words = Field(description="In sentences 说明")


class Decision(_Document):
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


class Assignment(AssignmentState):
    """An assignment 归口."""

    organization_id: str = Field(description="社会组织编号")
    area: str = Field(description="Domicile's division, else the authority's 区划")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")


class Stretch(BaseModel):
    """One stretch of an assignment timeline 时间段."""

    from_: str = Field(alias="from", description="起始日（含）")
    until: str | None = Field(description="截止日（不含）")
    state: AssignmentState = Field(description="归口")


class AssignmentWithDecision(_Document):
    """An assignment with its whole decision and its history 归口与判断文书.

    `decision` is the digest of the canonical JSON (RFC 8785) of the decision document: of all
    other fields but `organization_id`, `area`, `valid_from`, `valid_until` and `history`.
    """

    organization_id: str = Field(description="社会组织编号")
    area: str = Field(description="区划")
    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")
    history: list[Stretch] = Field(description="The whole timeline 全部时间段")


class AssignmentEvent(BaseModel):
    """What the ledger learned of an assignment 归口变更."""

    position: int = Field(description="账本位置")
    recorded_at: str = Field(description="RFC 3339")
    revision: int = Field(description="版本")
    effective_on: str = Field(description="生效日期")
    actor: str = Field(description="操作方")
    reason: str | None = Field(description="原因")
    timeline: list[Stretch] = Field(
        description="Replaces all that was known from effective_on on 自生效日起的时间段"
    )


class AssignmentHistory(BaseModel):
    """How an assignment came to be known 归口变更记录."""

    organization_id: str = Field(description="社会组织编号")
    events: list[AssignmentEvent] = Field(description="变更")


class UnmatchedRule(BaseModel):
    """A rule in force that decides nobody 无适用对象的规则."""

    rule_set: str = Field(description="规则集")
    rule: str = Field(description="规则")
    title: Words = Field(description="名称")


class RuleHealth(BaseModel):
    """Where the rules do not fit the register 规则体检."""

    valid_on: str = Field(description="有效日期")
    assignments: int = Field(description="归口总数")
    rules_without_match: list[UnmatchedRule] = Field(description="无适用对象的规则")
    by_basis: list[dict[str, Any]] = Field(description="按依据性质")
    inference_only: int = Field(description="Rest on inference alone 仅凭推定")
    one_fact_away: int = Field(description="One other fact would give another body 一项事实之差")
    one_fact_away_by: list[dict[str, Any]] = Field(
        description="The same by that fact; each is GET /v1/assignments?flip=… 按该项事实"
    )
    affiliation_disagrees: int = Field(
        description="The recorded affiliation is another kind of body 与登记的隶属关系不符"
    )


class AssignmentPage(Page):
    """A page of assignments 归口列表."""

    items: list[Assignment] = Field(description="归口")


class AssignmentSummary(BaseModel):
    """Counts that each add up to the total 归口汇总."""

    valid_on: str = Field(description="有效日期")
    total: int = Field(description="总数")
    by_outcome: list[dict[str, Any]] = Field(description="按结论")
    by_rule: list[dict[str, Any]] = Field(description="按规则")
    by_body_kind: list[dict[str, Any]] = Field(description="按党组织类别")


class ParkedSubject(BaseModel):
    """A subject whose events could not be applied 暂存主体."""

    subject: str = Field(description="主体")
    position: int = Field(description="Its first waiting position 位置")
    events: int = Field(description="Waiting events 事件数")
    attempts: int = Field(description="重试次数")
    error: str = Field(description="错误")
    parked_at: str = Field(description="RFC 3339")


class Job(BaseModel):
    """Long work under way 任务."""

    id: str = Field(description="编号")
    kind: str = Field(description="类别")
    state: Literal["queued", "running", "succeeded", "failed"] = Field(description="状态")
    done: int = Field(description="已处理")
    total: int | None = Field(description="Null until it is known 总数")
    errors: int = Field(description="错误数")
    result: dict[str, Any] | None = Field(description="What came of it so far 结果")
    created_at: str = Field(description="RFC 3339")
    updated_at: str = Field(description="RFC 3339")


class FeedStatus(BaseModel):
    """How far a feed is followed 跟随进度."""

    feed: str = Field(description="来源")
    position: int = Field(description="Last position applied 已处理位置")
    head: int = Field(description="Last position heard of 账本末尾位置")
    lag: int = Field(description="Positions to go 差距")
    updated_at: str | None = Field(description="RFC 3339")
    parked: list[ParkedSubject] = Field(description="At most 100 暂存主体")
