"""Cells of CSV files."""


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula (names come from outside)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
