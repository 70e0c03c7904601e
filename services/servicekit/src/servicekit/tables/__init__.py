"""Tables as files that spreadsheets open as they are meant, and the one guard against formulas."""

from servicekit.tables.columns import Column, TableForm, cell_text, table_form
from servicekit.tables.formula_guard import guarded, unguarded
from servicekit.tables.spreadsheets import (
    BOM,
    CSV_MEDIA_TYPE,
    MAX_SHEET_ROWS,
    XLSX_MEDIA_TYPE,
    add_table,
    csv_lines,
    new_workbook,
    write_row,
)
from servicekit.tables.table_files import MEDIA_TYPES, FileFormat, table_file

__all__ = [
    "BOM",
    "CSV_MEDIA_TYPE",
    "MAX_SHEET_ROWS",
    "MEDIA_TYPES",
    "XLSX_MEDIA_TYPE",
    "Column",
    "FileFormat",
    "TableForm",
    "add_table",
    "cell_text",
    "csv_lines",
    "guarded",
    "new_workbook",
    "table_file",
    "table_form",
    "unguarded",
    "write_row",
]
