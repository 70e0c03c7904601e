"""Unified social credit codes (统一社会信用代码, GB 32100-2015) of social organizations."""

from operator import mul

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(3**place % 31 for place in range(17))

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
    if len(code) != 18 or any(character not in _VALUES for character in code):
        return False
    total = sum(map(mul, map(_VALUES.__getitem__, code), _WEIGHTS))
    return _ALPHABET[-total % 31] == code[17]


def kind_of(code: str) -> str | None:
    """The kind of organization that the class in the code says, None for other classes."""
    return KIND_BY_CLASS.get(code[:2])


def division_of(code: str) -> str:
    """The registering authority's 6-digit division in the code."""
    return code[2:8]
