"""The one table of what the router's refusals look like over HTTP."""

from jurisdiction_router.directory_texts import DIRECTORY_RULES, RESTRUCTURING_RULES, TABLE_RULES
from jurisdiction_router.rule_set_texts import RULE_SET_RULES
from servicekit.errors import ErrorTable, ProblemType, Text

_MEND = Text("请改正 errors 中列出的各项。", "Mend each item listed in errors.")

DIRECTORY_INVALID = ProblemType(
    "directory-invalid", 422, Text("目录不成立", "The directory would not be sound"), _MEND
)
DIRECTORY_LEAVES_HOLES = ProblemType(
    "directory-leaves-holes",
    409,
    Text("规则集将出现空缺", "Rule sets would be left with holes"),
    Text(
        "变更后，生效或待生效的规则集有 {count} 处得不出归口结论（见 errors 和 holes）；"
        "请一并调整，确需如此的，以 accept_holes=true 再次提交。",
        "In {count} cases (see errors and holes) rule sets that are in force or due would give no "
        "answer. Mend the change, or send it again with accept_holes=true if that is meant.",
    ),
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
    Text(
        "第 {line} 行有误，其后的内容无法读取；请按 errors 改正。",
        "Line {line} is wrong and nothing after it can be read; mend it as errors say.",
    ),
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
    Text("影响不符或未完成", "The impact is of something else, or not finished"),
    Text(
        "影响 {impact} 不属于 {id} 的当前内容，或尚未计算完成。",
        "The impact {impact} is not of {id} as it is now, or is not finished.",
    ),
)
IMPACT_DIFFERS = ProblemType(
    "impact-differs",
    409,
    Text("影响摘要不符", "The impact has another digest"),
    Text(
        "所提交的摘要为 {sent}，该影响的摘要为 {found}；请核对清单后再提交。",
        "The digest {sent} was sent, the impact has {found}; look at its list again.",
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

RESTRUCTURING_MOVED = ProblemType(
    "restructuring-moved",
    409,
    Text("目录或登记情况在试算后已变化", "Directory or register have changed since the dry run"),
    Text(
        "与试算相比，{no_longer} 项归口变动不再发生，{new} 项为新增，其他差异见 errors；"
        "请重新试算（POST …/comparison），核对后再实施。",
        "Of the moves that the dry run of {id} showed, {no_longer} would not happen, and {new} "
        "others would; errors names what else differs. Compare it anew (POST …/comparison), look "
        "and apply it then.",
    ),
)

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
    "nobody_supervising": Text(
        "该组织目前没有党组织领导和管理，有待指定。",
        "No body supervises it today; one has to be designated.",
    ),
}
ERRORS = ErrorTable(
    types={
        t.slug: t
        for t in (
            DIRECTORY_INVALID,
            DIRECTORY_LEAVES_HOLES,
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
            RESTRUCTURING_MOVED,
            NOT_SUPERVISED_BY,
            DISPUTE_OPEN,
            DISPUTE_CLOSED,
        )
    },
    rules={
        "^[0-9]{6}([0-9]{3}([0-9]{3})?)?$": Text(
            "应为 6、9 或 12 位数字的区划代码，如 440303001。",
            "A division code of 6, 9 or 12 digits is expected, such as 440303001.",
        ),
        "^[a-z0-9]+(-[a-z0-9]+)*$": Text(
            "应为小写字母和数字，以单个连字符分隔，如 shenzhen-2016。",
            "Lower-case letters and digits with single hyphens between them are expected, "
            "such as shenzhen-2016.",
        ),
        "^[0-9A-Za-z][0-9A-Za-z_.:-]{0,99}$": Text(
            "应为最多 100 个字母、数字或 _ . : - ，以字母或数字开头，"
            "如 440303-district_education_committee。",
            "Up to 100 letters, digits or _ . : - are expected, the first a letter or digit, "
            "such as 440303-district_education_committee.",
        ),
        "^[a-z][a-z0-9_]{0,39}$": Text(
            "应为最多 40 个小写字母、数字或下划线，以字母开头，如 nbs。",
            "Up to 40 lower-case letters, digits or underscores are expected, the first a letter, "
            "such as nbs.",
        ),
        **DIRECTORY_RULES,
        **TABLE_RULES,
        **_DESIGNATION_RULES,
        **RESTRUCTURING_RULES,
        "only_now": Text(
            "{value} 只能按目前所知查询；请去掉 known_at。",
            "{value} is of what is known now; leave known_at out.",
        ),
        **RULE_SET_RULES,
        "outside_areas": Text(
            "区划 {value} 不在令牌的地域范围内。",
            "The division {value} lies outside the token's areas.",
        ),
    },
)
