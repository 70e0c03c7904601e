"""Unified social credit codes (GB 32100-2015) and filing numbers of invented organizations.

Eighteen characters: registering department 5 (civil affairs), class of the kind, the registering
authority's division, a nine-character organization code (GB 11714, itself with a check character)
and the check character over all of it.

No invented code can be a real one: the organization code starts with a letter that no register
has issued (real ones start with a digit or ``M``).
"""

from stdnum.cn import uscc

CLASS_OF_KIND = {"social_association": "51", "private_nonenterprise": "52", "foundation": "53"}

SERIALS = 10**7
STRIDE = 6_180_339  # coprime to SERIALS: every serial comes once before any comes again

ORGANIZATION_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class CodeRegister:
    """Issues each number once; the same order of calls gives the same numbers."""

    def __init__(self, letter: str) -> None:
        """Takes the first letter of organization codes; registers that meet need different ones."""
        self._letter = letter
        self._issued = 0
        self._filed = 0

    def issue(self, kind: str, division_code: str) -> str:
        """The next credit code for an organization of *kind*, registered in *division_code*.

        Raises :class:`OverflowError` after ten million.
        """
        if self._issued >= SERIALS:
            raise OverflowError(f"no more than {SERIALS:,} credit codes")
        serial = self._issued * STRIDE % SERIALS
        self._issued += 1
        body = f"{self._letter}{serial:07d}"
        number = CLASS_OF_KIND[kind] + division_code + body + organization_code_check(body)
        return number + uscc.calc_check_digit(number)

    def file(self, division_code: str) -> str:
        """The next filing number of *division_code* (filed bodies have no credit code).

        There is no national form of these numbers; this one is ours.
        """
        self._filed += 1
        return f"BA{division_code}-{self._filed:05d}"


def organization_code_check(body: str) -> str:
    """The ninth character of a GB 11714 organization code: modulo 11, ten is written X."""
    total = sum(
        weight * int(character, 36)
        for weight, character in zip(ORGANIZATION_CODE_WEIGHTS, body, strict=True)
    )
    return "0123456789X"[(11 - total % 11) % 11]
