"""Tables as files that spreadsheets open as they are meant."""

from servicekit.tables.spreadsheets import (
    BOM,
    CSV_MEDIA_TYPE,
    MAX_SHEET_ROWS,
    XLSX_MEDIA_TYPE,
    csv_lines,
    guarded,
    new_workbook,
    unguarded,
)

__all__ = [
    "BOM",
    "CSV_MEDIA_TYPE",
    "MAX_SHEET_ROWS",
    "XLSX_MEDIA_TYPE",
    "csv_lines",
    "guarded",
    "new_workbook",
    "unguarded",
]
