"""How wide a text will be, near enough to lay out a chart without the font."""

from unicodedata import east_asian_width

_WIDE = 1.0
_NARROW = 0.6
"""Ems. Of the usual sans-serif fonts: Chinese characters are square, Latin ones about that wide."""

_ELLIPSIS = "…"


def text_width(text: str, font_size: float) -> float:
    """The width in the unit of `font_size`."""
    ems = sum(_WIDE if east_asian_width(char) in "WFA" else _NARROW for char in text)
    return ems * font_size


def shortened(text: str, width: float, font_size: float) -> str:
    """`text`, or as much of its beginning as fits into `width` with an ellipsis."""
    if text_width(text, font_size) <= width:
        return text
    room = width - text_width(_ELLIPSIS, font_size)
    length = 0
    used = 0.0
    for char in text:
        used += text_width(char, font_size)
        if used > room:
            break
        length += 1
    return text[:length].rstrip() + _ELLIPSIS
