"""Messages for the rules that any input can break, and pydantic's errors as violations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from servicekit.errors.messages import Text
from servicekit.errors.refusal import Violation

RULE_TEXTS: Mapping[str, Text] = {
    "missing": Text("缺少必填字段。", "This field is required."),
    "extra_forbidden": Text(
        "没有这个字段；请删除或改正字段名。",
        "There is no such field; remove it or correct its name.",
    ),
    "unknown_parameter": Text(
        "没有查询参数 {value}；可用：{allowed}。",
        "There is no query parameter {value}; there are: {allowed}.",
    ),
    "json_invalid": Text("不是有效的 JSON：{error}。", "This is not valid JSON: {error}."),
    "repeated_parameter": Text(
        "参数 {value} 只能出现一次。", "The parameter {value} may be given only once."
    ),
    "string_type": Text("应为字符串。", "A string is expected."),
    "string_too_short": Text(
        "至少 {min_length} 个字符。", "At least {min_length} characters are expected."
    ),
    "string_too_long": Text(
        "最多 {max_length} 个字符。", "At most {max_length} characters are allowed."
    ),
    "string_pattern_mismatch": Text("格式应符合 {pattern}。", "The form must match {pattern}."),
    "^[0-9]{6}([0-9]{3})?$": Text(
        "应为 6 位区划代码，如 440303（罗湖区）；由街道备案的为 9 位街道代码，如 440303001。",
        "A division code of 6 digits is expected, such as 440303; for a street that keeps files "
        "its code of 9 digits, such as 440303001.",
    ),
    "^[0-9]{2,12}$": Text(
        "应为区划代码或其前几位，2 至 12 位数字，如 440303。",
        "A division code or its beginning is expected, 2 to 12 digits, such as 440303.",
    ),
    r"^[^\x00-\x1f]+$": Text(
        "不能有控制字符（换行、制表符等）。",
        "Control characters (line breaks, tabs) are not allowed.",
    ),
    r"^[^\x00]+$": Text("不能含空字符。", "The null character is not allowed."),
    "^[0-9a-f]{64}$": Text(
        "应为 64 位小写十六进制的摘要，照原样取自先前的应答。",
        "A digest of 64 lower-case hexadecimal digits is expected, as the earlier answer gave it.",
    ),
    "int_type": Text("应为整数。", "An integer is expected."),
    "int_parsing": Text("应为整数。", "An integer is expected."),
    "int_from_float": Text("应为整数，不能有小数。", "An integer without a fraction is expected."),
    "int_parsing_size": Text("该整数过大。", "The integer is too large."),
    "float_type": Text("应为数字。", "A number is expected."),
    "float_parsing": Text("应为数字。", "A number is expected."),
    "finite_number": Text("应为有限的数字。", "A finite number is expected."),
    "bool_type": Text("应为 true 或 false。", "true or false is expected."),
    "bool_parsing": Text("应为 true 或 false。", "true or false is expected."),
    "greater_than": Text("应大于 {gt}。", "The value must be greater than {gt}."),
    "greater_than_equal": Text("不得小于 {ge}。", "The value must be at least {ge}."),
    "less_than": Text("应小于 {lt}。", "The value must be less than {lt}."),
    "less_than_equal": Text("不得大于 {le}。", "The value must be at most {le}."),
    "literal_error": Text("应为以下之一：{expected}。", "One of these is expected: {expected}."),
    "enum": Text("应为以下之一：{expected}。", "One of these is expected: {expected}."),
    "union_tag_invalid": Text(
        "{discriminator} 应为以下之一：{expected_tags}。",
        "{discriminator} must be one of these: {expected_tags}.",
    ),
    "union_tag_not_found": Text("缺少 {discriminator}。", "{discriminator} is required."),
    "date_type": Text("应为日期，如 2016-06-14。", "A date such as 2016-06-14 is expected."),
    "date_parsing": Text("应为日期，如 2016-06-14。", "A date such as 2016-06-14 is expected."),
    "date_from_datetime_parsing": Text(
        "应为日期，如 2016-06-14。", "A date such as 2016-06-14 is expected."
    ),
    "date_from_datetime_inexact": Text(
        "应为不带时间的日期。", "A date without a time is expected."
    ),
    "position_or_time": Text(
        "应为账本位置或带时区的 RFC 3339 时间，如 2016-06-14T08:00:00+08:00。",
        "A ledger position or an RFC 3339 time with its offset, such as 2016-06-14T08:00:00+08:00, "
        "is expected.",
    ),
    "uuid_type": Text("应为 UUID。", "A UUID is expected."),
    "uuid_parsing": Text("应为 UUID。", "A UUID is expected."),
    "list_type": Text("应为数组。", "A list is expected."),
    "too_long": Text("最多 {max_length} 项。", "At most {max_length} items are allowed."),
    "too_short": Text("至少 {min_length} 项。", "At least {min_length} items are expected."),
    "dict_type": Text("应为对象。", "An object is expected."),
    "model_type": Text("应为对象。", "An object is expected."),
    "model_attributes_type": Text("应为 JSON 对象。", "A JSON object is expected."),
    "control_character": Text(
        "含有无法存储的字符 {value}（空字符或不成对的代理项）；请删除。",
        "It contains {value}, the null character or half of a surrogate pair; remove it.",
    ),
    "cursor": Text(
        "游标无效或属于另一查询；请从第一页重新开始。",
        "The cursor is not valid or belongs to another query; start again from the first page.",
    ),
}
"""Rules named after pydantic's error types where pydantic checks them; words for text that does not
match a pattern stand under the pattern itself."""


def from_pydantic(errors: Iterable[Mapping[str, Any]] | Sequence[Any]) -> list[Violation]:
    """Pydantic's errors as violations; a body's pointer starts at the body itself.

    Where a body is no JSON at all, pydantic's location is an offset, which is no pointer.
    """
    return [
        Violation(
            pointer="" if error["type"] == "json_invalid" else _pointer(error["loc"]),
            rule=error["type"],
            value=None if error["type"] == "missing" else error.get("input"),
            facts={k: str(v) for k, v in (error.get("ctx") or {}).items()},
        )
        for error in errors
    ]


def _pointer(location: Sequence[str | int]) -> str:
    """("body", "party", 0) → /party/0; ("query", "limit") → /limit."""
    if location and location[0] in {"body", "query", "path", "header"}:
        location = location[1:]
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location]
    return "".join(f"/{part}" for part in parts)
