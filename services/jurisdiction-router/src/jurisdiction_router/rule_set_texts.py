"""What can be wrong with a rule set's file, and with a day named for it, in words."""

from servicekit.errors import Text

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
_RULES_OF_TEXTS = {
    "bracket_open": Text(
        "括号没有闭合，或列表各项之间缺少逗号。",
        "A bracket is not closed, or a comma is missing between the items of a list.",
    ),
    "quote_open": Text("引号没有闭合。", "A quotation mark is not closed."),
    "stray_character": Text(
        "此处的字符不能开始一个值（缩进请用空格，含 @ ` % 等开头的文字请加引号）。",
        "No value can begin with this character (indent with spaces, quote text that begins "
        "with @, ` or %).",
    ),
    "stray_colon": Text(
        "此处不应有冒号；请检查缩进，或给含冒号的文字加引号。",
        "There should be no colon here; look at the indentation, or quote the text that holds it.",
    ),
    "no_colon": Text("键的后面缺少冒号。", "A key lacks its colon."),
    "indentation": Text(
        "缩进不一致，或此处应为新的键或列表项。",
        "The indentation does not fit: a key or an item is expected here.",
    ),
    "nothing_there": Text("此处缺少一个值。", "A value is missing here."),
    "escape": Text("没有这种转义字符。", "There is no such escape character."),
    "several_documents": Text(
        "文件应只含一个规则集。", "A file holds one rule set, and no second document."
    ),
    "syntax": Text("此处不符合 YAML 语法。", "This is no YAML: {found}."),
    "character": Text("不能使用字符 {found}。", "The character {found} can't be used."),
    "empty": Text("文件是空的。", "The file is empty."),
    "anchor": Text("不接受锚点和别名。", "Anchors and aliases are not accepted."),
    "tag": Text("不接受标签。", "Tags are not accepted."),
    "too_deep": Text("嵌套超过 {limit} 层。", "It is nested deeper than {limit} levels."),
    "too_many_values": Text("超过 {limit} 个值。", "There are more than {limit} values."),
    "key": Text(
        "键应为文字，此处为 {found}；请加引号。", "A key must be text, found {found}; quote it."
    ),
    "key_twice": Text("键 {found} 出现两次。", "The key {found} is there twice."),
}
"""What keeps a text from being read at all; `rule_set_text_…`."""

RULE_SET_RULES = {
    **{
        rule: Text(
            f"第 {{line}} 行，规则 {{rule_id}}：{said.zh}",
            f"Line {{line}}, rule {{rule_id}}: {said.en}",
        )
        for rule, said in (
            *_RULES_OF_FILES.items(),
            *((f"rule_set_text_{rule}", said) for rule, said in _RULES_OF_TEXTS.items()),
        )
    },
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
