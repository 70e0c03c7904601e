"""What is said of each rule that the register's input can break, in Chinese and English."""

from collections.abc import Mapping

from registry_api.api.life_event_words import LIFE_EVENT_RULES
from registry_api.api.pattern_words import PATTERN_WORDS
from servicekit.errors import Text

RULE_WORDS: Mapping[str, Text] = {
    "code_or_filing_number": Text(
        "统一社会信用代码和备案编号至少填一项。",
        "A credit code or a filing number is needed.",
    ),
    "check_character": Text(
        "统一社会信用代码 {value} 的校验码不对（GB 32100-2015）；请核对证书，"
        "确属证书如此的请填 credit_code_waiver 说明理由。",
        "The check character of the credit code {value} is wrong (GB 32100-2015); compare it "
        "with the certificate, and where the certificate says so give the reason in "
        "credit_code_waiver.",
    ),
    "unknown_division": Text(
        "没有区划代码 {value}；请核对 GB/T 2260 及街道代码。",
        "There is no division {value}; check GB/T 2260 and the street codes.",
    ),
    "street_by_name": Text(
        "街道名称“{value}”读作 {read}（{name}）。",
        'The street\'s name "{value}" was read as {read} ({name}).',
    ),
    "which_street": Text(
        "应填街道代码；“{value}”在登记管理机关的区划内不能确定为一个街道，可能是：{candidates}。"
        "请改填代码，或核对登记管理机关区划代码。",
        'The code of the street is expected; "{value}" is not one street of the registration '
        "authority's division. It may be {candidates}. Fill in the code, or check the "
        "authority's division code.",
    ),
    "unknown_street": Text(
        "应填 9 位街道代码或 12 位社区代码，如 440303001；没有名为“{value}”的街道"
        "（可能是旧名称）。",
        "The code of a street (9 digits) or of a community (12 digits) is expected, such as "
        '440303001; there is no street called "{value}" (it may be an old name).',
    ),
    "future_date": Text(
        "{value} 晚于今天（{today}）；只能登记已发生的事实。",
        "{value} is after today ({today}); only facts that have happened can be recorded.",
    ),
    "before_registration": Text(
        "{value} 早于成立登记日期 {registered_on}；登记之前尚无该组织。",
        "{value} is before the registration on {registered_on}: it was not there yet.",
    ),
    "not_active": Text(
        "新成立的社会组织登记状态应为正常（active），不能为 {value}。",
        "A new organization is active, not {value}.",
    ),
    "before_first": Text(
        "{value} 早于该组织首次入册日期 {first}。如该组织此前已存在，请先将首次入册日期前移："
        "提交 effective_on 为更早日期的变更登记（amendments，change 可为 {{}}），或以更早的 "
        "effective_on 重新导入。",
        "{value} is before the organization's first known date {first}. If it existed then, "
        "move that date back first: send an amendment with an earlier effective_on (its change "
        "may be {{}}), or import it again with an earlier effective_on.",
    ),
    "outside_areas_then": Text(
        "在 {value} 或其后某日，该组织不在令牌的地域范围内；请由当时所在区划的上级办理。",
        "On {value} or a later day the organization lies outside the token's areas; somebody "
        "who sees all of them has to do this.",
    ),
    "several_bearers": Text(
        "有 {count} 个社会组织的备案编号为 {value}；请填写登记管理机关区划代码。",
        "{count} organizations bear the filing number {value}; fill in the registration "
        "authority's division code.",
    ),
    "beginning_moved": Text(
        "首次入册日期已由 {value} 前移至 {day}。",
        "The first known date was moved back from {value} to {day}.",
    ),
    "before_announcement": Text(
        "有效期至 {value} 早于公告日期 {announced_on}。",
        "The validity ends on {value}, before the announcement on {announced_on}.",
    ),
    "members_not_collected": Text(
        "成立登记时须采集党员信息（三同步）；没有党员请填 0。",
        "Member information is collected at establishment (三同步); send 0 if there are none.",
    ),
    "charter_clause_missing": Text(
        "自 {since} 起，章程载明党建内容是登记的必备条件（{source}）；"
        "请先写入章程，再以 charter.state 登记。",
        "From {since} on, Party building in the charter is a condition of registration "
        "({source}); include it first, then say so in charter.state.",
    ),
    "code_taken": Text("{value} 已被登记。", "{value} is registered already."),
    "outside_areas": Text(
        "区划 {value} 不在令牌的地域范围内。",
        "The division {value} lies outside the token's areas.",
    ),
    "unknown_code": Text(
        "“{value}”不是{list}的代码或名称；可用：{expected}。",
        '"{value}" is no code or label of {list}; there are: {expected}.',
    ),
    "not_a_number": Text("“{value}”不是整数。", '"{value}" is not a whole number.'),
    "not_a_date": Text(
        "“{value}”不是日期；请写成 2016-06-14。",
        '"{value}" is not a date; write it as 2016-06-14.',
    ),
    "not_a_flag": Text("“{value}”应为 是 或 否。", '"{value}" should be 是 (yes) or 否 (no).'),
    **LIFE_EVENT_RULES,
    **PATTERN_WORDS,
    "unknown_field": Text(
        "没有字段 {value}；字段名见社会组织的模型，如 party.full_members。",
        "There is no field {value}; fields are those of the organization, such as "
        "party.full_members.",
    ),
    "search_too_short": Text("至少输入 {least} 个字。", "At least {least} characters are needed."),
    "search_in_the_past": Text(
        "模糊检索只针对现在的名称；查过去请用 name。",
        "Only present names are searched; use name for those of the past.",
    ),
    "sort_with_search": Text(
        "模糊检索按相近程度排序，不能再指定 sort 或 order。",
        "A search is ordered by closeness; leave out sort and order.",
    ),
    "sort_of_the_past": Text(
        "查过去只能按 id 升序；请去掉 sort 和 order。",
        "Lists of the past are in the order of ids; leave out sort and order.",
    ),
    "candidate_unknown": Text(
        "在令牌的地域范围内、该日没有社会组织 {value}。",
        "On that day there is no organization {value} in the token's areas.",
    ),
    "candidate_repeated": Text(
        "{value} 与第 {first} 个候选组织是同一社会组织。",
        "{value} is the same organization as candidate {first}.",
    ),
    "candidate_name": Text(
        "id 和 credit_code 须且只须填一项。", "Give the id or the credit_code, one of them."
    ),
    "work_list_of_the_past": Text(
        "待办清单只列今天（{today}）及以后的情况；过去某日请查 "
        "/v1/organizations/{{organization_id}}/obligations?valid_on={value}。",
        "Work lists show today ({today}) or a day ahead; for {value} ask each organization: "
        "/v1/organizations/{{organization_id}}/obligations?valid_on={value}.",
    ),
    "work_list_known_then": Text(
        "待办清单只按当前所知列出；以往所知请查 "
        "/v1/organizations/{{organization_id}}/obligations?known_at={value}，"
        "应建未建另见 /v1/information-base?eligible=true&known_at={value}。",
        "Work lists show what is known now; for what was known then ask each organization: "
        "/v1/organizations/{{organization_id}}/obligations?known_at={value}, and for overdue "
        "formations /v1/information-base?eligible=true&known_at={value}.",
    ),
    "namesakes_of_the_past": Text(
        "同名只按当前名称查找；查过去某日时请去掉 kind=duplicate_name。",
        "Namesakes are looked for among present names only: leave out valid_on and known_at, "
        "or this kind.",
    ),
    "unknown_body": Text(
        "归口服务没有可供此令牌查看的党组织 {value}；编号见其 /v1/bodies。",
        "jurisdiction-router has no body {value} that this token may see; its /v1/bodies lists "
        "the ids.",
    ),
    "lookup_size": Text(
        "一次可查 1 至 {limit} 项，现有 {asked} 项。",
        "1 to {limit} items can be looked up at once; there are {asked}.",
    ),
    "columns": Text(
        "此行有 {value} 列，表头有 {expected} 列。",
        "This row has {value} columns, the header has {expected}.",
    ),
    "not_mended": Text(
        "“错误原因”仍在，按未改正处理：{value} 改好此行后，请清空其错误原因再导入。",
        "The reasons still stand, so the row counts as not mended: {value} Mend it, clear its "
        "reasons, and send it again.",
    ),
    "errors_of_a_table": Text(
        "原文件是 {format}；请取 csv 或 xlsx。",
        "The file was {format}; ask for csv or xlsx.",
    ),
    "unknown_column": Text(
        "没有“{value}”这一列；请改为模板中的列名或删除该列。",
        'There is no column "{value}"; use a name of the template or remove the column.',
    ),
    "column_passed_over": Text(
        "没有“{value}”这一列，已忽略；如需导入，请改为模板中的列名。",
        'There is no column "{value}"; it was passed over. To import it use a name of the '
        "template.",
    ),
    "repeated_column": Text("“{value}”一列出现了两次。", 'The column "{value}" appears twice.'),
    "no_header": Text(
        "没有找到写明列名的表头；列名请见模板（/v1/imports/template）。",
        "There is no header that names the columns; see the template (/v1/imports/template).",
    ),
    "encoding": Text(
        "文件既不是 UTF-8 也不是 GB18030（第 {value} 字节附近）；请另存为 UTF-8。",
        "The file is neither UTF-8 nor GB18030 (near byte {value}); save it as UTF-8.",
    ),
    "utf_16": Text(
        "文件是 UTF-16（“Unicode 文本”）；请另存为“CSV UTF-8”。",
        'The file is UTF-16 ("Unicode text"); save it as "CSV UTF-8".',
    ),
    "delimiter": Text(
        "文件以 {value} 分隔各列，已按此读取。",
        "Columns are separated by {value}; the file was read that way.",
    ),
    "encrypted_spreadsheet": Text(
        "工作簿有密码，或是旧版 .xls；请去掉密码并另存为 .xlsx。",
        "The workbook has a password or is an old .xls; save it as .xlsx without a password.",
    ),
    "unreadable_spreadsheet": Text(
        "文件不是完好的 .xlsx 工作簿（{error}）；请重新另存为 .xlsx 或 CSV UTF-8。",
        "The file is no sound .xlsx workbook ({error}); save it again as .xlsx or CSV UTF-8.",
    ),
    "unpacks_too_large": Text(
        "工作簿解压后过大（上限 {limit} 字节）；请删去空白区域或拆分，或另存为 CSV UTF-8。",
        "The workbook unpacks to too much (limit {limit} bytes); remove empty areas, split it, "
        "or save it as CSV UTF-8.",
    ),
    "merged_cells": Text(
        "工作表有合并单元格；纵向合并的值视为对其每一行有效。",
        "The sheet has merged cells; the value of one merged over rows was read for each row.",
    ),
    "rounded_number": Text(
        "“{value}”是被电子表格改写的数字，已丢失位数；请将该列设为文本后重新填写。",
        '"{value}" is a number that a spreadsheet has rounded; format the column as text and '
        "fill it in again.",
    ),
    "read_as_nothing": Text("“{value}”读作空。", '"{value}" was read as empty.'),
    "read_as_unknown": Text("“{value}”读作未知。", '"{value}" was read as unknown.'),
    "half_width": Text("“{value}”读作“{read}”。", '"{value}" was read as "{read}".'),
    "direct_registration": Text(
        "“{value}”读作：无业务主管单位，登记方式为直接登记。",
        '"{value}" was read as: no business supervisor, registered directly.',
    ),
    "several_names": Text(
        "“{value}”像是多个名称；已按原文保存，请核对。",
        '"{value}" looks like several names; it was kept as it is, please check.',
    ),
    "repeated_row": Text(
        "{value} 与第 {first} 行相同，已跳过。",
        "{value} says the same as line {first} and was passed over.",
    ),
    "example_row": Text("模板中的示例行，已跳过。", "The template's example was passed over."),
    "too_deep": Text(
        "此行的 JSON 嵌套超过 {limit} 层。",
        "The JSON on this line is nested deeper than {limit} levels.",
    ),
    "line_too_long": Text(
        "此行超过 {limit} 字符；请检查引号和分隔符。",
        "This line has more than {limit} characters; check quotes and delimiters.",
    ),
    "malformed_csv": Text("此行不是有效的 CSV：{error}。", "This line is not CSV: {error}."),
    "repeated_in_file": Text(
        "{value} 在第 {first} 行已出现且内容不同；此行未导入，请核对两行。如以此行为准，"
        "请清空其错误原因后再导入；如代码有误，请改正。",
        "{value} is already on line {first}, with other content, and this row did not land; "
        "compare the two. Clear its reasons and send it again if it is the right one, or mend "
        "its code.",
    ),
    "too_many_columns": Text(
        "表头有 {value} 列，最多 {limit} 列；请检查分隔符。",
        "The header has {value} columns, at most {limit} are allowed; check the delimiter.",
    ),
}
