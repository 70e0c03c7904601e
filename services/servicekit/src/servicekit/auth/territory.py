"""Division codes (GB/T 2260) as prefixes of the codes under them."""


def area_prefix(code: str) -> str:
    """The prefix all codes under a division share: 440300 → 4403, 440000 → 44, 100000 → "".

    GB/T 2260 pads the code of a province or city with zeros to six digits.
    """
    if code == "100000":
        return ""
    if len(code) == 6:
        return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return code
