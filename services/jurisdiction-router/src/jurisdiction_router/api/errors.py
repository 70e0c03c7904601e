"""The one table of what the router's refusals look like over HTTP."""

from servicekit.problems import ErrorTable, ProblemType
from servicekit.text import Text

_MEND = Text("请改正 errors 中列出的各项。", "Mend each item listed in errors.")

DIRECTORY_INVALID = ProblemType(
    "directory-invalid", 422, Text("目录不成立", "The directory would not be sound"), _MEND
)
TABLE_UNREADABLE = ProblemType(
    "table-unreadable",
    422,
    Text("表格无法读取", "The table cannot be read"),
    Text(
        "请按 GET /v1/directory/imports/template 的模板改正 errors 中列出的各项。",
        "Mend each item listed in errors; GET /v1/directory/imports/template is how it looks.",
    ),
)
DIRECTORY_MOVED = ProblemType(
    "directory-moved",
    409,
    Text("目录或规则集在比对后已变化", "The directory or a rule set has changed since"),
    Text(
        "导入 {id} 是与版本 {compared} 比对的，现为 {edition}；请重新比对"
        "（POST …/comparison），核对报告后再启用。",
        "The import {id} was compared with edition {compared}, now it is {edition}; compare it "
        "anew (POST …/comparison), look at the report and activate it then.",
    ),
)
IMPORT_CLOSED = ProblemType(
    "import-closed",
    409,
    Text("导入已启用或已放弃", "The import is closed"),
    Text("导入 {id} 的状态是 {state}。", "The import {id} is {state}."),
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
RULE_SET_EXISTS = ProblemType(
    "rule-set-exists",
    409,
    Text("已有同名规则集", "There is a rule set of that id"),
    Text(
        "{id} 已有内容不同的规则集（摘要 {digest}）；请用新的 id，或用 PUT 修改草案。",
        "There is a rule set {id} with other content (digest {digest}); use a new id, or rewrite "
        "the draft with PUT.",
    ),
)
RULE_SET_IMMUTABLE = ProblemType(
    "rule-set-immutable",
    409,
    Text("规则集不可修改", "The rule set cannot be changed"),
    Text(
        "{id} 已获批准或曾经生效，内容不可再改；请用新的 id 起草。",
        "{id} is approved or was in force: its content stays. Draft another under a new id.",
    ),
)
RULE_SET_CHANGED = ProblemType(
    "rule-set-changed",
    409,
    Text("规则集已被改写", "The rule set has been rewritten"),
    Text("{id} 在此期间被改写；请重新读取后再试。", "{id} was rewritten meanwhile; read it again."),
)
RULE_SET_NOT_PROVED = ProblemType(
    "rule-set-not-proved",
    409,
    Text("规则集未通过证明", "The rule set is not proved"),
    Text(
        "请先对 {id} 进行证明（POST …/proof），并消除其中的反例和未通过的用例。",
        "Have {id} proved first (POST …/proof) and mend what its counterexamples and tests show.",
    ),
)
PLAN_NOT_POSSIBLE = ProblemType(
    "plan-not-possible", 422, Text("该日期不可行", "That day is not possible"), _MEND
)
APPROVED_BY_AUTHOR = ProblemType(
    "approved-by-author",
    403,
    Text("起草人不得批准自己的规则集", "Authors do not approve their own rule sets"),
    Text(
        "{client} 参与了起草；请由他人批准。",
        "{client} wrote a version of it; someone else has to approve it.",
    ),
)
ALREADY_APPROVED = ProblemType(
    "already-approved",
    409,
    Text("已有待执行的批准", "Something is approved already"),
    Text(
        "{id} 已批准自 {start} 起执行；如需更改，请先撤回。",
        "For {id} a plan from {start} on is approved; withdraw it first.",
    ),
)
NOTHING_APPROVED = ProblemType(
    "nothing-approved",
    409,
    Text("没有待执行的批准", "Nothing is approved"),
    Text("{id} 没有可撤回的批准。", "{id} has no approval that could be withdrawn."),
)
IMPACT_OF_ANOTHER = ProblemType(
    "impact-of-another",
    409,
    Text("影响与规则集不符", "The impact is not one of this rule set"),
    Text(
        "影响 {impact} 不属于 {id} 的当前文本，或尚未计算完成。",
        "The impact {impact} is not of the present text of {id}, or is not finished.",
    ),
)
IMPACT_DIFFERS = ProblemType(
    "impact-differs",
    409,
    Text("影响摘要不符", "The impact has another digest"),
    Text(
        "所批准的摘要为 {sent}，该影响的摘要为 {found}；请核对清单后再批准。",
        "The approval names the digest {sent}, the impact has {found}; look at its list again.",
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

INVALID_DESIGNATION = ProblemType(
    "invalid-designation", 422, Text("指定不成立", "The designation does not hold"), _MEND
)
NOT_SUPERVISED_BY = ProblemType(
    "not-supervised-by",
    422,
    Text("该组织目前不由该党组织领导和管理", "The body does not supervise the organization"),
    Text(
        "只有目前领导和管理该组织的党组织可以提出异议；{body_id} 不是。",
        "Only the body that supervises it today can object; {body_id} is not.",
    ),
)
DISPUTE_OPEN = ProblemType(
    "dispute-open",
    409,
    Text("已有未处理的争议", "There is an open dispute"),
    Text(
        "组织 {id} 已有未处理的争议；见 GET /v1/disputes?organization_id={id}&state=open。",
        "The organization {id} has one; see GET /v1/disputes?organization_id={id}&state=open.",
    ),
)
DISPUTE_CLOSED = ProblemType(
    "dispute-closed",
    409,
    Text("争议已结束", "The dispute is closed"),
    Text("争议的状态是 {state}，不能再撤回。", "It is {state} and cannot be withdrawn."),
)

RESTRUCTURING_APPLIED = ProblemType(
    "restructuring-applied",
    409,
    Text("调整已实施", "The restructuring is applied"),
    Text("调整 {id} 已经实施。", "The restructuring {id} was applied before."),
)

_RESTRUCTURING_RULES = {
    "area_not_there": Text("{on} 没有区划 {value}。", "There is no area {value} on {on}."),
    "code_taken": Text("代码 {value} 已被使用。", "The code {value} is taken."),
    "body_id_taken": Text("编号 {value} 已被使用。", "The id {value} is taken."),
    "split_child_elsewhere": Text(
        "{value} 在 {on} 不属于被拆分的区划。", "{value} does not lie in what is split on {on}."
    ),
    "split_successor_elsewhere": Text(
        "{value} 不是拆分后的任何一部分。", "{value} is none of the parts."
    ),
    "split_child_left": Text(
        "{value} 未分配到任何一部分。", "{value} is given to none of the parts."
    ),
}
_DESIGNATION_RULES = {
    "body_not_there": Text("{on} 没有党组织 {value}。", "There is no body {value} on {on}."),
    "organization_not_there": Text(
        "该组织在 {value} 尚未成立或已注销。", "The organization does not exist on {value}."
    ),
    "override_overlaps": Text(
        "与自 {from} 起的指定 {id} 重叠；请先变更其期限。",
        "It overlaps the override {id} from {from} on; change when that one expires first.",
    ),
    "not_supervising": Text(
        "目前领导和管理该组织的是 {supervising}。", "The body that supervises it is {supervising}."
    ),
}
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
    "other_key": Text("应与路径中的 {path} 相同。", "It must be the same as {path} in the path."),
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
_TABLE_RULES = {
    "directory_moved": Text(
        "{value}：比对时为“{told}”，现为“{found}”或现状已不同。",
        "{value} was {told} when it was compared; now it is {found}, or what is held is another.",
    ),
    "no_header": Text("没有写明列名的表头。", "There is no header that names the columns."),
    "unknown_column": Text(
        "没有“{value}”这一列；请改为模板中的列名或删除该列。",
        'There is no column "{value}"; use a name of the template or remove the column.',
    ),
    "repeated_column": Text("“{value}”一列出现了两次。", 'The column "{value}" appears twice.'),
    "missing_column": Text("缺少“{value}”一列。", 'The column "{value}" is missing.'),
    "malformed_csv": Text(
        "第 {line} 行不是有效的 CSV：{error}。", "Line {line} is not CSV: {error}."
    ),
    "null_character": Text("第 {line} 行含有空字符。", "Line {line} has a null character."),
    "encoding": Text(
        "文件既不是 UTF-8 也不是 GB18030（第 {value} 字节附近）；请另存为 UTF-8。",
        "The file is neither UTF-8 nor GB18030 (near byte {value}); save it as UTF-8.",
    ),
    "utf_16": Text(
        "文件是 UTF-16（“Unicode 文本”）；请另存为“CSV UTF-8”。",
        'The file is UTF-16 ("Unicode text"); save it as "CSV UTF-8".',
    ),
}
_RULES_OF_FILES = {
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
}
_RULE_SET_RULES = {
    **{
        rule: Text(
            f"第 {{line}} 行，规则 {{rule_id}}：{said.zh}",
            f"Line {{line}}, rule {{rule_id}}: {said.en}",
        )
        for rule, said in _RULES_OF_FILES.items()
    },
    "rule_set_unreadable": Text("第 {line} 行：{reason}。", "Line {line}: {reason}."),
    "rule_set_other_id": Text(
        "文件的 id 为 {value}，应为 {id}。", "The file's id is {value}, not {id}."
    ),
    "rule_set_outside_dates": Text(
        "{value} 不在规则集自身的有效期内（{first} 至 {last}）。",
        "{value} is outside the rule set's own dates ({first} to {last}).",
    ),
    "rule_set_not_in_force": Text(
        "规则集在 {value} 及以后并未生效。", "The rule set is not in force on or after {value}."
    ),
}

ERRORS = ErrorTable(
    types={
        t.slug: t
        for t in (
            DIRECTORY_INVALID,
            TABLE_UNREADABLE,
            DIRECTORY_MOVED,
            IMPORT_CLOSED,
            RULE_SET_UNREADABLE,
            RULE_SET_INVALID,
            RULE_SET_EXISTS,
            RULE_SET_IMMUTABLE,
            RULE_SET_CHANGED,
            RULE_SET_NOT_PROVED,
            PLAN_NOT_POSSIBLE,
            APPROVED_BY_AUTHOR,
            ALREADY_APPROVED,
            NOTHING_APPROVED,
            IMPACT_OF_ANOTHER,
            IMPACT_DIFFERS,
            NO_RULE_SET_IN_FORCE,
            NO_ASSIGNMENT,
            INVALID_DESIGNATION,
            RESTRUCTURING_APPLIED,
            NOT_SUPERVISED_BY,
            DISPUTE_OPEN,
            DISPUTE_CLOSED,
        )
    },
    rules={
        **_DIRECTORY_RULES,
        **_TABLE_RULES,
        **_DESIGNATION_RULES,
        **_RESTRUCTURING_RULES,
        "only_now": Text(
            "{value} 只能按目前所知查询；请去掉 known_at。",
            "{value} is of what is known now; leave known_at out.",
        ),
        **_RULE_SET_RULES,
        "outside_areas": Text(
            "区划 {value} 不在令牌的地域范围内。",
            "The division {value} lies outside the token's areas.",
        ),
    },
)
