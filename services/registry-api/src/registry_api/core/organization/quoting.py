"""Cells that say what stands in them, although a reader of lists would take it for something else.

In real lists 无 and N/A mean nothing and 未知 means that nobody knows; a name may read so all the
same, if it came in by the API. Our own files write an apostrophe before such a value, as before
what a spreadsheet would take for a formula, and an import takes it to the letter. Likewise an item
of a list that has a separator in it, or begins with a quotation mark, stands in quotation marks.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from servicekit.tables import guarded

LIST_SEPARATOR = "；"
EXAMPLE_MARK = "（示例）"
"""How the name in our template's example row begins."""

NOTHING = frozenset({"无", "暂无", "null", "-", "—", "--", "/", "\\", "\\n", "n/a"})
"""What people write for "nothing" in real lists."""
UNKNOWN_WORDS = frozenset({"未知", "不详", "unknown"})
DIRECT = "直接登记"
NOTHING_BECAUSE = re.compile(r"无[(（].*[)）]")
"""无(中关村): no business supervisor, and a remark why."""
NO_DATES = frozenset({date(1900, 1, 1), date(1900, 1, 31), date(1899, 12, 30), date(1899, 12, 31)})
"""What spreadsheets and databases write for "no date" (day zero and day one of their calendar)."""

_LONGEST = max(map(len, NOTHING | UNKNOWN_WORDS | {DIRECT}))
_NO_DATE_TEXTS = frozenset(day.isoformat() for day in NO_DATES)
_ITEM = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:[;；]|\Z)|([^;；]*)(?:[;；]|\Z)')


def clean(text: str) -> str:
    """Full-width letters, digits and spaces as half-width (NFKC), outer spaces gone.

    Not for names and addresses, whose full-width brackets are part of them.
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """A short text as it is compared with words for nothing and unknown; "" for longer ones."""
    return clean(text).casefold() if len(text) <= _LONGEST else ""


def written(text: str) -> str:
    """A value as the text of a cell."""
    return f"'{text}" if _misread(text.lstrip("'")) else guarded(text)


def literal(cell: str) -> str | None:
    """The value of a cell that was written to be taken to the letter; None for all others."""
    if cell.startswith("'") and _misread(cell.lstrip("'")):
        return cell[1:]
    return None


def listed(items: Sequence[str]) -> str:
    """The items of a list in one text."""
    return LIST_SEPARATOR.join(map(_item, items))


def items(text: str) -> list[str]:
    """The items that a text lists, empty ones left out."""
    listed_items = (
        quoted.replace('""', '"') or plain.strip() for quoted, plain in _ITEM.findall(text)
    )
    return [item for item in listed_items if item]


def _item(text: str) -> str:
    if text.startswith('"') or ";" in text or "；" in text:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _misread(text: str) -> bool:
    """Whether a cell with this text would be read as something else."""
    word = folded(text)
    return (
        word in NOTHING
        or word in UNKNOWN_WORDS
        or word == DIRECT
        or text in _NO_DATE_TEXTS
        or text.startswith((EXAMPLE_MARK, "无(", "无（"))
    )
