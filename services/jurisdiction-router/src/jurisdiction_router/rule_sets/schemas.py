"""What rule sets look like in the specification, and what their routes take."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from jurisdiction_router.field_types import Strict, Words


class Period(BaseModel):
    """A period 时期."""

    valid_from: str = Field(description="起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")


class Plan(BaseModel):
    """What was approved and waits for its day 已批准待执行."""

    action: Literal["activate", "retire"] = Field(description="生效或停用")
    from_: str = Field(alias="from", description="From this day on 起始日")
    impact: str = Field(description="The impact that was approved 影响编号")
    digest: str = Field(description="Of its list 影响摘要")
    approver: str = Field(description="Client that approved 批准人")


class RuleSet(BaseModel):
    """A rule set 规则集."""

    id: str = Field(description="编号")
    title: Words = Field(description="名称")
    scope: str = Field(description="Area in which it applies 适用区划")
    valid_from: str = Field(description="The first day it may be in force 起始日（含）")
    valid_until: str | None = Field(description="截止日（不含）")
    source: str = Field(description="来源")
    digest: str = Field(description="SHA-256 of its canonical JSON 摘要")
    rules: int = Field(description="规则数")
    tests: int = Field(description="用例数")
    stage: Literal["draft", "proved", "approved", "active", "retired"] = Field(
        description="How far it has come 阶段"
    )
    in_force: list[Period] = Field(description="When it decides 生效时期")
    authors: list[str] = Field(description="Clients that wrote a version of it 起草人")
    plan: Plan | None = Field(description="What waits for its day 待执行")
    stopped: dict[str, Any] | None = Field(
        description="Why the last plan was not carried out, with the difference, whose counts are "
        "of all areas: null for a caller limited to some 未执行的原因"
    )
    revision: int = Field(description="For If-Match 版本")


class RuleSetWithContent(RuleSet):
    """A rule set with everything its file says 规则集全文."""

    content: dict[str, Any] = Field(description="The file as JSON 文件内容")


class RuleSets(BaseModel):
    """All rule sets 全部规则集."""

    items: list[RuleSet] = Field(description="规则集")


class HitOrganization(BaseModel):
    """An organization with such facts 涉及的组织."""

    organization_id: str = Field(description="社会组织编号")
    area: str = Field(description="区划")


class Hit(BaseModel):
    """Who has such facts 涉及的组织."""

    count: int | None = Field(description="Null for a caller limited to areas 组织数")
    samples: list[HitOrganization] = Field(description="At most five 样本")


class KindOfPlace(BaseModel):
    """Where and when 地点与时期."""

    domicile: str | None = Field(description="One such domicile 住所举例")
    domiciles: int = Field(description="How many there are 住所数")
    registering: str | None = Field(description="One such authority's area 登记机关举例")
    registering_areas: int = Field(description="How many there are 登记机关数")
    periods: list[Period] = Field(description="时期")


class Counterexample(BaseModel):
    """Facts that break the proof: for every combination within them it fails 反例."""

    kind: Literal["uncovered", "conflict", "unreachable", "no_body", "no_area", "parent_cycle"] = (
        Field(description="反例类别")
    )
    rules: list[str] = Field(description="Rules; of a cycle, areas 规则")
    facts: dict[str, list[str]] = Field(
        description="Only the facts that matter; any value of the others will do 事实"
    )
    combinations: str = Field(description="How many it stands for, in digits 组合数")
    place: KindOfPlace | None = Field(description="Null where it is the same everywhere 地点")
    text: Words = Field(description="In a sentence 说明")
    organizations: Hit | None = Field(description="Of the register 涉及的组织")


class Hole(Counterexample):
    """Where a change of the directory would leave a rule set without an answer 规则空缺."""

    rule_set: str = Field(description="The rule set, in force or due 规则集")
    losing: bool = Field(
        description="An answer is lost that is given today; false: the place is new 是否失去结论"
    )


class WithHoles(BaseModel):
    """A change of the directory that is looked at before it has effect 规则空缺."""

    holes: list[Hole] = Field(
        description="Where it would leave rule sets in force or due without an answer: those that "
        "lose one first, then the smallest; at most 50 规则空缺"
    )
    holes_found: int = Field(description="空缺总数")
    holes_losing: int = Field(
        description="Holes that lose an answer: it has effect when 0, or with `accept_holes=true` "
        "失去结论的空缺数"
    )


class Proof(BaseModel):
    """What was proved, and what speaks against it 证明报告."""

    proved: bool = Field(description="No counterexample and every test passes 是否通过")
    over_directory: bool = Field(description="Whether areas and bodies were looked at 含目录")
    digest: str = Field(description="Of the rule set that was proved 规则集摘要")
    counterexamples: list[Counterexample] = Field(description="The smallest first; at most 50 反例")
    counterexamples_found: int = Field(description="反例总数")
    tests_failed: list[dict[str, Any]] = Field(description="未通过的用例")
    tests_passed: int = Field(description="通过的用例数")
    untested_rules: list[str] = Field(description="Rules that no test reaches 没有用例的规则")


class TestResult(BaseModel):
    """What came of one embedded test 用例结果."""

    __test__ = False

    name: str = Field(description="用例")
    index: int = Field(description="Its place in the file 序号")
    passed: bool = Field(description="是否通过")
    expected: str = Field(description="预期")
    found: str = Field(description="实际")
    rule: str | None = Field(description="The rule that answered 适用的规则")


class RuleCoverage(BaseModel):
    """How many passing tests a rule answers 规则的用例数."""

    rule: str = Field(description="规则")
    tests: int = Field(description="用例数")


class TestRun(BaseModel):
    """The embedded tests and which rules they reach 用例运行结果."""

    __test__ = False

    passed: int = Field(description="通过")
    failed: int = Field(description="未通过")
    results: list[TestResult] = Field(description="In file order 用例")
    coverage: list[RuleCoverage] = Field(description="In file order 覆盖")


class FieldChange(BaseModel):
    """A field before and after 字段变化."""

    field: str = Field(description="字段")
    before: Any = Field(description="变更前")
    after: Any = Field(description="变更后")


class ItemChange(BaseModel):
    """A rule or test that changed 条目变化."""

    key: str = Field(description="Id of the rule, name of the test 条目")
    fields: list[FieldChange] = Field(description="字段")


class ItemChanges(BaseModel):
    """What became of rules or tests 条目增删改."""

    added: list[dict[str, Any]] = Field(description="新增")
    removed: list[dict[str, Any]] = Field(description="删除")
    changed: list[ItemChange] = Field(description="修改")


class Difference(BaseModel):
    """What one rule set changes against another 差异."""

    fields: list[FieldChange] = Field(description="The file's own fields 文件字段")
    rules: ItemChanges = Field(description="规则")
    tests: ItemChanges = Field(description="用例")


class PlanIn(Strict):
    """What is proposed 拟议."""

    action: Literal["activate", "retire"] = Field(default="activate", description="生效或停用")
    from_: date | None = Field(
        default=None,
        alias="from",
        description="From this day on, past or future; default: the first day of the file, for a "
        "retirement today 起始日",
    )


class ApprovalIn(Strict):
    """What is approved 批准."""

    impact: UUID = Field(description="The impact that was read 影响编号")
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        description="Of its list 影响摘要"
    )


class RuleSetWithdrawalIn(Strict):
    """Why an approval is taken back 撤回."""

    reason: str | None = Field(default=None, max_length=2000, description="原因")
