"""An import's items as they go out: with reasons in words, as JSON or as a table to send again."""

from collections.abc import Iterable, Iterator
from typing import Any

from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.core.texts import texts
from jurisdiction_router.directory_imports.rows import ItemRow
from jurisdiction_router.directory_imports.table import COLUMNS, column_of, table_rows
from servicekit.errors import Violation, explain, read_rules
from servicekit.tables import guarded

_TEXTS = read_rules("jurisdiction_router")
_LABELS = texts("directory_table")
_REPORT_COLUMNS = (
    _LABELS["column_line"],
    _LABELS["column_change"],
    *(column.header for column in COLUMNS),
    _LABELS["column_errors"],
)


def item_document(row: ItemRow) -> dict[str, Any]:
    """An item as the API shows it."""
    return {**row._asdict(), "errors": explained(row.errors)}


def explained(errors: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Errors as they are stored, in both languages."""
    return [
        {
            "field": error["field"], "rule": error["rule"], "value": error["value"],
            "zh": _message(error, "zh"), "en": _message(error, "en"),
        }
        for error in errors
    ]  # fmt: skip


def report_table(
    rows: Iterable[ItemRow], language: str, vocabulary: Vocabulary
) -> Iterator[list[str]]:
    """Header and rows of the table of an import: what it gives, what becomes of it, and why."""
    yield [title.say(language) for title in _REPORT_COLUMNS]
    for row in rows:
        if row.after is None or row.what is None:
            cells = ["", guarded(row.key or ""), *[""] * (len(COLUMNS) - 2)]
        else:
            (cells,) = table_rows([(row.what, row.after)], vocabulary, language)
        reasons = (_reason(error, language) for error in row.errors)
        line = "" if row.line is None else str(row.line)
        yield [
            line,
            _LABELS[f"change_{row.change}"].say(language),
            *cells,
            guarded(" ".join(reasons)),
        ]


def _reason(error: dict[str, Any], language: str) -> str:
    column = column_of(error["field"])
    message = _message(error, language)
    return message if column is None else f"{column.header.say(language)}: {message}"


def _message(error: dict[str, Any], language: str) -> str:
    violation = Violation(error["field"], error["rule"], error["value"], error["facts"])
    return explain(violation, language, _TEXTS)
