"""Unified social credit codes (统一社会信用代码, GB 32100-2015) of social organizations."""

from stdnum.cn import uscc

KIND_BY_CLASS = {
    "51": "social_association",
    "52": "private_nonenterprise",
    "53": "foundation",
}
"""Characters 1-2: registering department 5 (civil affairs) and class of organization."""


def check_character_holds(code: str) -> bool:
    """Whether the 18th character is right: (31 − Σ cᵢ·3^(i−1) mod 31) mod 31.

    A remainder of zero gives the check character 0 and is valid.
    """
    try:
        return len(code) == 18 and bool(uscc.calc_check_digit(code[:17]) == code[17])
    except ValueError:  # a character outside the alphabet
        return False


def kind_of(code: str) -> str | None:
    """The kind of organization that the class in the code says, None for other classes."""
    return KIND_BY_CLASS.get(code[:2])


def division_of(code: str) -> str:
    """The registering authority's 6-digit division in the code."""
    return code[2:8]
