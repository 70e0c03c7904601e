"""The columns of a table as data: what each is called and what stands in it, in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from servicekit.tables.formula_guard import guarded

Row = TypeVar("Row")

_FLAGS = {"zh": {True: "是", False: "否"}, "en": {True: "true", False: "false"}}


@dataclass(frozen=True)  # slots would forbid Column[Row](…) in Python 3.11
class Column(Generic[Row]):
    """A column of a table that is written.

    `name` is its header in English and for programs, `zh` the one in Chinese (the name where there
    is none); `write` gives a row's value. A count is a number in a sheet, all else is text.
    """

    name: str
    write: Callable[[Row], object]
    zh: str | None = None
    count: bool = False

    def header(self, language: str) -> str:
        """What the column is called in "zh" or "en"."""
        return self.zh if language == "zh" and self.zh is not None else self.name


@dataclass(frozen=True)
class TableForm(Generic[Row]):
    """What a table looks like: the sheet's name, the header, which columns are counts.

    `cells` writes a row for tables, each text of it `guarded`; `line` writes it as JSON.
    """

    sheet: str
    header: Sequence[str]
    numeric: Sequence[bool]
    cells: Callable[[Row], Sequence[str]]
    line: Callable[[Row], str]


def table_form(
    columns: Sequence[Column[Row]],
    *,
    sheet: str = "",
    language: str = "en",
    line: Callable[[Row], str] | None = None,
) -> TableForm[Row]:
    """The form of a table of `columns`, its headers in `language` ("zh" or "en").

    `sheet` is needed for XLSX only, `line` for NDJSON only.
    """

    def cells(row: Row) -> list[str]:
        return [cell_text(column.write(row), language) for column in columns]

    return TableForm(
        sheet=sheet,
        header=[column.header(language) for column in columns],
        numeric=[column.count for column in columns],
        cells=cells,
        line=line or _no_line,
    )


def cell_text(value: object, language: str = "en") -> str:
    """A value as the text of a cell, never a formula; nothing for None, a word for yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _FLAGS[language][value]
    return guarded(value if isinstance(value, str) else str(value))


def _no_line(row: object) -> str:
    raise NotImplementedError("this table is not written as NDJSON")
