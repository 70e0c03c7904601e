"""Assignments as they go out.

Answers are sent from stored text; contract tests hold the two equal.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from jurisdiction_router.field_types import (
    Clause,
    Party,
    Words,
)
from servicekit.http import CountedPage


class AssignmentState(BaseModel):
    """Who supervises, and by which rule 归口状态."""

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


class DecisionDocument(AssignmentState):
    """A state with the whole reason behind it 判断内容."""

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


class AssignmentWithDecision(DecisionDocument):
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


class AssignmentPage(CountedPage[Assignment]):
    """A page of assignments 归口列表."""

    items: list[Assignment] = Field(description="归口")


class AssignmentSummary(BaseModel):
    """Counts that each add up to the total 归口汇总."""

    valid_on: str = Field(description="有效日期")
    total: int = Field(description="总数")
    by_outcome: list[dict[str, Any]] = Field(description="按结论")
    by_rule: list[dict[str, Any]] = Field(description="按规则")
    by_body_kind: list[dict[str, Any]] = Field(description="按党组织类别")
