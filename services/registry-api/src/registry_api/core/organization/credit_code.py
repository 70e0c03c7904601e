"""Unified social credit codes (统一社会信用代码, GB 32100-2015) of social organizations."""

from functools import cache

from stdnum.cn import uscc

KIND_BY_CLASS = {
    "51": "social_association",
    "52": "private_nonenterprise",
    "53": "foundation",
}
"""Characters 1-2: registering department 5 (civil affairs) and class of organization."""


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check_character_holds(code: str) -> bool:
    """Whether the 18th character is right: (31 − Σ cᵢ·3^(i−1) mod 31) mod 31.

    A remainder of zero gives the check character 0 and is valid.
    """
    try:
        total = sum(map(dict.__getitem__, _added(), code))
    except KeyError:  # a character outside the alphabet
        return False
    return len(code) == 18 and _ALPHABET[total % 31] == code[17]


@cache
def _added() -> tuple[dict[str, int], ...]:
    """What each character adds to the check character, by place.

    python-stdnum is asked once for each, since the check is a sum: asked for each row it would be
    a fifteenth of an import.
    """
    return tuple(
        {
            character: _ALPHABET.index(
                uscc.calc_check_digit("0" * place + character + "0" * (16 - place))
            )
            for character in _ALPHABET
        }
        for place in range(17)
    )


def kind_of(code: str) -> str | None:
    """The kind of organization that the class in the code says, None for other classes."""
    return KIND_BY_CLASS.get(code[:2])


def division_of(code: str) -> str:
    """The registering authority's 6-digit division in the code."""
    return code[2:8]
