"""What text of a certain form looks like, in words: nobody is shown a regular expression.

The patterns are those of the model and of parameters, as they are written there; a test holds that
each has its words.
"""

from collections.abc import Mapping

from servicekit.text import Text

PATTERN_WORDS: Mapping[str, Text] = {
    "^[0-9A-HJ-NP-RTUWXY]{18}$": Text(
        "应为 18 位统一社会信用代码，由数字和大写字母（不含 I、O、S、V、Z）组成，"
        "如 521101087699048930。",
        "A unified social credit code is expected: 18 digits and capital letters (no I, O, S, V, "
        "Z), such as 521101087699048930.",
    ),
    "^[0-9]{6}([0-9]{3})?$": Text(
        "应为 6 位区划代码，如 440303（罗湖区）；由街道备案的为 9 位街道代码，如 440303001。",
        "A division code of 6 digits is expected, such as 440303; for a street that keeps files "
        "its code of 9 digits, such as 440303001.",
    ),
    "^[0-9]{9}([0-9]{3})?$": Text(
        "应为 9 位街道代码或 12 位社区代码，如 440303001（桂园街道）。",
        "The code of a street (9 digits) or of a community (12 digits) is expected, such as "
        "440303001.",
    ),
    "^[0-9]{2,12}$": Text(
        "应为区划代码或其前几位，2 至 12 位数字，如 440303。",
        "A division code or its beginning is expected, 2 to 12 digits, such as 440303.",
    ),
    "^[0-9]{4}Q[1-4]$": Text(
        "应为年份和季度，如 2016Q3。", "A year and its quarter are expected, such as 2016Q3."
    ),
    "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$": Text(
        "应为小写的 UUID，如 0198c0de-0000-7000-8000-000000000001。",
        "A UUID in small letters is expected, such as 0198c0de-0000-7000-8000-000000000001.",
    ),
    "^[0-9A-Za-z ]*$": Text(
        "只能有数字、英文字母和空格，如 2016 round 2。",
        "Only digits, Latin letters and spaces are allowed, such as 2016 round 2.",
    ),
    r"^[^\x00-\x1f]+$": Text(
        "不能有控制字符（换行、制表符等），如 sub-luohu。",
        "Control characters (line breaks, tabs) are not allowed; an example is sub-luohu.",
    ),
}
"""By pattern."""
