"""What a figure says about itself, as a colour that colour-blind readers can tell apart.

The hues are those of Okabe and Ito (2008), darkened where they carry text. A tone is never the only
sign: whoever draws one writes the words beside it.
"""

from typing import Literal

Tone = Literal["plain", "good", "near", "poor"]

FILLS: dict[Tone, str] = {
    "plain": "#3b6ea5",
    "good": "#00796b",
    "near": "#e69f00",
    "poor": "#d55e00",
}

INK = "#1c2530"
FAINT = "#5b6775"
TRACK = "#e4e8ee"
GRID = "#d5dbe3"
