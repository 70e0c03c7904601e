"""The one table of what the router's refusals look like over HTTP."""

from servicekit.problems import ErrorTable, ProblemType
from servicekit.text import Text

_MEND = Text("请改正 errors 中列出的各项。", "Mend each item listed in errors.")

DIRECTORY_INVALID = ProblemType(
    "directory-invalid", 422, Text("目录不成立", "The directory would not be sound"), _MEND
)
RULE_SET_UNREADABLE = ProblemType(
    "rule-set-unreadable",
    422,
    Text("规则集文件无法读取", "The rule set cannot be read"),
    Text("第 {line} 行：{reason}。", "Line {line}: {reason}."),
)
RULE_SET_INVALID = ProblemType(
    "rule-set-invalid", 422, Text("规则集不符合格式", "The rule set breaks rules"), _MEND
)
RULE_SET_UNPROVED = ProblemType(
    "rule-set-unproved",
    422,
    Text("规则集未通过证明", "The rule set is not proved"),
    Text(
        "共 {count} 处事实组合没有规则、规则冲突或规则永不适用，见 counterexamples。",
        "{count} sets of facts have no rule or too many, or rules that never apply; "
        "see counterexamples.",
    ),
)
RULE_SET_TESTS_FAILED = ProblemType(
    "rule-set-tests-failed",
    422,
    Text("规则集自带的用例未通过", "The rule set fails its own tests"),
    Text("共 {count} 个用例未通过。", "{count} tests fail."),
)
RULE_SET_IMMUTABLE = ProblemType(
    "rule-set-immutable",
    409,
    Text("规则集不可修改", "A rule set cannot be changed"),
    Text(
        "{id} 已有内容不同的规则集（摘要 {digest}）；请用新的 id。",
        "There is a rule set {id} with other content (digest {digest}); use a new id.",
    ),
)
NO_RULE_SET_IN_FORCE = ProblemType(
    "no-rule-set-in-force",
    422,
    Text("该日没有生效的规则集", "No rule set is in force on that day"),
    Text(
        "该组织所在地域的规则集在 {valid_on} 尚未生效或已失效。",
        "The rule set of the organization's territory is not in force on {valid_on}.",
    ),
)
NO_ASSIGNMENT = ProblemType(
    "no-assignment",
    404,
    Text("该日没有归口结论", "There is no assignment on that day"),
    Text(
        "该组织在 {valid_on} 没有归口结论：规则集未生效、组织尚未成立或已注销。",
        "The organization has none on {valid_on}: no rule set was in force, or it did not exist.",
    ),
)

_DIRECTORY_RULES = {
    "area_code": Text(
        "代码 {value} 的位数与级别 {level} 不符。", "{value} is no code of a {level}."
    ),
    "area_parent_missing": Text("{code} 缺少上级区划。", "{code} has no parent."),
    "area_parent_unknown": Text("没有上级区划 {value}。", "There is no parent {value}."),
    "area_parents_overlap": Text(
        "{code} 在 {value} 有不止一个上级。", "{code} has more than one parent on {value}."
    ),
    "area_outlives_parent": Text(
        "{code} 的隶属期超出上级 {parent} 的有效期。",
        "{code} lies in {parent} while it is not valid.",
    ),
    "area_edge_outside": Text(
        "隶属期超出 {code} 本身的有效期。", "The edge holds while {code} is not valid."
    ),
    "area_cycle": Text("上级关系成环：{cycle}。", "Parents form a cycle: {cycle}."),
    "ends_before_start": Text("结束日期应晚于开始日期。", "The end must be after the start."),
    "body_kind": Text("没有这类党组织：{value}。", "There is no kind of body {value}."),
    "body_system": Text(
        "只有业务主管单位党组织和行业党委有、且必须有 system（此处为 {kind}）。",
        "Only bodies of a supervisor or an industry have a system, and must (this is a {kind}).",
    ),
    "body_area_unknown": Text("没有区划 {value}。", "There is no area {value}."),
    "body_outlives_area": Text(
        "{id} 的有效期超出区划 {value}。", "{id} is valid while the area {value} is not."
    ),
    "body_successor_unknown": Text("没有承接的党组织 {value}。", "There is no successor {value}."),
    "body_double": Text(
        "{value} 与 {other} 在同一区划、同类且有效期重叠。",
        "{value} and {other} are of one kind in one area at the same time.",
    ),
    "names_overlap": Text(
        "曾用名的截止日应依次递增，且在有效期之内。",
        "Former names must end one after the other, within the dates of what they name.",
    ),
    "codes_overlap": Text(
        "{value} 在编码体系 {system} 中同一天有不止一个代码。",
        "{value} has more than one code in the system {system} on the same day.",
    ),
    "code_shared": Text(
        "{system} 的代码 {value} 同一天属于不止一个区划：{areas}。",
        "The code {value} of {system} belongs to more than one area on the same day: {areas}.",
    ),
    "area_successor_unknown": Text(
        "没有承接 {code} 的区划 {value}。", "There is no area {value} to succeed {code}."
    ),
    "area_successor_absent": Text(
        "{value} 在 {on} 尚未设立或已撤销，不能承接 {code}。",
        "{value} is not valid on {on} and cannot succeed {code}.",
    ),
    "area_succession_outside": Text(
        "{value} 承接 {code} 的日期 {on} 应在 {code} 有效期之内或其截止日。",
        "{value} succeeds {code} on {on}: the day must lie within the dates of {code}.",
    ),
    "area_successor_level": Text(
        "{value} 与 {code} 级别不同，不能承接。",
        "{value} is of another level than {code} and cannot succeed it.",
    ),
    "body_successor_absent": Text(
        "{value} 在 {on} 尚未设立或已撤销，不能承接 {id}。",
        "{value} is not valid on {on} and cannot succeed {id}.",
    ),
    "body_successor_cycle": Text("{id} 的承接关系成环。", "The successors of {id} form a circle."),
    "body_still_supervises": Text(
        "{value} 届时仍领导和管理 {organizations} 家组织；请写明承接的党组织 successor。",
        "{value} still supervises {organizations} organizations then; name its successor.",
    ),
    "area_still_inhabited": Text(
        "{value} 届时仍有 {organizations} 家组织；请写明承接的区划 successors。",
        "{organizations} organizations are still in {value} then; name its successors.",
    ),
    "duplicate_key": Text(
        "{value} 在本次导入中出现两次。", "{value} appears twice in this import."
    ),
}
_RULE_SET_RULES = {
    "rule_set_unreadable": Text("第 {line} 行：{reason}。", "Line {line}: {reason}."),
    "rule_set_mapping_expected": Text("应为映射。", "A mapping is expected."),
    "rule_set_list_expected": Text("应为非空列表。", "A list with an item is expected."),
    "rule_set_text_expected": Text("应为文字。", "Text is expected."),
    "rule_set_boolean_expected": Text("应为 true 或 false。", "true or false is expected."),
    "rule_set_date_expected": Text(
        "应为日期，如 2016-01-01。", "A date such as 2016-01-01 is expected."
    ),
    "rule_set_unknown_field": Text(
        "没有字段 {value}；可用：{allowed}。", "No field {value}; there are: {allowed}."
    ),
    "rule_set_not_allowed": Text(
        "{value} 不可用；可用：{allowed}。", "{value} is not one of: {allowed}."
    ),
    "rule_set_form": Text("{value} 应符合 {pattern}。", "{value} must match {pattern}."),
    "rule_set_unknown_attribute": Text(
        "没有属性 {value}；可用：{allowed}。", "No attribute {value}; there are: {allowed}."
    ),
    "rule_set_domain": Text("取值应恰为：{expected}。", "The values must be exactly: {expected}."),
    "rule_set_outside_domain": Text(
        "{value} 不在 {attribute} 的取值范围内。", "{value} is no value of {attribute}."
    ),
    "rule_set_empty_condition": Text(
        "{value} 的条件不含任何值。", "The condition on {value} holds for no value."
    ),
    "rule_set_system_of_kind": Text("{body} 的 system 有误。", "The system of {body} is wrong."),
    "rule_set_duplicate_rule": Text("规则 {value} 出现两次。", "The rule {value} is there twice."),
    "rule_set_unknown_rule": Text("没有规则 {value}。", "There is no rule {value}."),
    "rule_set_over_cycle": Text("优先关系成环：{value}。", "`over` forms a cycle: {value}."),
    "rule_set_one_fallback": Text(
        "托底规则只能有一条：{value}。", "There may be one fallback: {value}."
    ),
    "rule_set_no_candidate": Text("缺少候选党组织。", "There is no candidate."),
    "rule_set_question_expected": Text(
        "结论为 {value} 时应写 question，且不写 supervising。",
        "The outcome {value} needs a question and takes no candidates.",
    ),
    "rule_set_ends_before_start": Text(
        "结束日期应晚于开始日期。", "The end must be after the start."
    ),
    "rule_set_uncovered": Text("没有规则适用于：{facts}。", "No rule covers: {facts}."),
    "rule_set_conflict": Text(
        "{rules} 同时适用且互不优先：{facts}。",
        "{rules} both apply, neither over the other: {facts}.",
    ),
    "rule_set_unreachable": Text(
        "{rules}：第一条永不适用。", "The first of {rules} never applies."
    ),
    "rule_set_test": Text(
        "用例“{value}”应为 {expected}，实为 {found}。",
        "“{value}”: expected {expected}, found {found}.",
    ),
}

ERRORS = ErrorTable(
    types={
        t.slug: t
        for t in (
            DIRECTORY_INVALID,
            RULE_SET_UNREADABLE,
            RULE_SET_INVALID,
            RULE_SET_UNPROVED,
            RULE_SET_TESTS_FAILED,
            RULE_SET_IMMUTABLE,
            NO_RULE_SET_IN_FORCE,
            NO_ASSIGNMENT,
        )
    },
    rules={
        **_DIRECTORY_RULES,
        **_RULE_SET_RULES,
        "outside_areas": Text(
            "区划 {value} 不在令牌的地域范围内。",
            "The division {value} lies outside the token's areas.",
        ),
    },
)
