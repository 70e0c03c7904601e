"""What can be wrong with a rule set's file, and with a day named for it, in words."""

from servicekit.text import Text

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
RULE_SET_RULES = {
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
