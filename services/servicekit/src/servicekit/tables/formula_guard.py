"""The one guard against formulas: names come from outside, and must stay text on a screen.

A name such as =HYPERLINK(…) would be run by the spreadsheet of an official who opens an export
(OWASP, CSV injection). Every export writes its texts through `guarded`, imports read them back with
`unguarded`; every CSV is written through `without_formulas`, which no export can forget.
"""

import re
from collections.abc import Sequence

_FORMULA = re.compile(r"'*(?:[=@\t\r]|[+\-](?![0-9.,]*$))")
"""How a formula begins, after any number of apostrophes; a number such as -5 is none."""

_FIRST = frozenset("=@+-\t\r")
"""The first characters of formulas."""


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    Text that begins with an apostrophe and then a formula gets one more, so that `unguarded` gives
    back every text as it was.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def without_formulas(cells: Sequence[str]) -> Sequence[str]:
    """The cells of a row, those guarded that are formulas still."""
    return [guarded(cell) if cell[:1] in _FIRST else cell for cell in cells]
