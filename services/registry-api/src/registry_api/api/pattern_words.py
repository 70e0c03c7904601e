"""What text of a certain form looks like, in words: nobody is shown a regular expression.

The patterns are those of the model and of parameters, as they are written there; those that other
services have too are in `servicekit.errors.violations`. A test holds that each has its words.
"""

from collections.abc import Mapping

from servicekit.errors import Text

PATTERN_WORDS: Mapping[str, Text] = {
    "^[0-9A-HJ-NP-RTUWXY]{18}$": Text(
        "应为 18 位统一社会信用代码，由数字和大写字母（不含 I、O、S、V、Z）组成，"
        "如 521101087699048930。",
        "A unified social credit code is expected: 18 digits and capital letters (no I, O, S, V, "
        "Z), such as 521101087699048930.",
    ),
    "^[0-9]{9}([0-9]{3})?$": Text(
        "应为 9 位街道代码或 12 位社区代码，如 440303001（桂园街道）。",
        "The code of a street (9 digits) or of a community (12 digits) is expected, such as "
        "440303001.",
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
}
"""By pattern."""
