"""What can be wrong with a directory, its tables and its restructurings, in words."""

from servicekit.errors import Text

DIRECTORY_RULES = {
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
    "body_in_use": Text(
        "{value} 领导和管理过 {organizations} 家组织，其类别、区划和系统不可改变；"
        "请用 POST /v1/restructurings 划转，或由另一党组织承接。",
        "{value} supervises or supervised {organizations} organizations: its kind, area and system "
        "stay. Transfer it (POST /v1/restructurings) or let another body succeed it.",
    ),
    "area_still_inhabited": Text(
        "{value} 届时仍有 {organizations} 家组织；请写明承接的区划 successors。",
        "{organizations} organizations are still in {value} then; name its successors.",
    ),
    "rule_set_hole": Text("规则集 {value}：{zh}", "Rule set {value}: {en}"),
    "duplicate_key": Text(
        "{value} 在本次导入中出现两次。", "{value} appears twice in this import."
    ),
}
TABLE_RULES = {
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
RESTRUCTURING_RULES = {
    "plan_moved": Text(
        "{value}：调整结果与试算不同。", "{value} would become something else than was shown."
    ),
    "holes_moved": Text(
        "规则空缺与试算不同，现为 {value} 处。", "The holes are others than was shown: now {value}."
    ),
    "area_not_there": Text("{on} 没有区划 {value}。", "There is no area {value} on {on}."),
    "code_taken": Text("代码 {value} 已被使用。", "The code {value} is taken."),
    "body_id_taken": Text("编号 {value} 已被使用。", "The id {value} is taken."),
    "split_child_elsewhere": Text(
        "{value} 在 {on} 不属于被拆分的区划。", "{value} does not lie in what is split on {on}."
    ),
    "split_successor_elsewhere": Text(
        "{value} 不是拆分后的任何一部分。", "{value} is none of the parts."
    ),
    "recoded_elsewhere": Text(
        "{value} 不在所调整的区划之内，不能为其指定新代码。",
        "{value} does not lie in what is restructured on {on}, and gets no new code by it.",
    ),
    "split_child_left": Text(
        "{value} 未分配到任何一部分。", "{value} is given to none of the parts."
    ),
}
