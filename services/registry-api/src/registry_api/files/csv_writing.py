"""Writing CSV that spreadsheets open as it is meant."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = b"\xef\xbb\xbf"
"""Without this mark spreadsheets take UTF-8 for something else."""


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
