"""Tables as files: nothing in a cell is a formula, everything reads back, columns are data."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from servicekit.tables import (
    BOM,
    Column,
    TableForm,
    cell_text,
    csv_lines,
    guarded,
    table_file,
    table_form,
    unguarded,
)

texts = st.text() | st.builds(
    "".join, st.lists(st.sampled_from([*"'=+-@\t\r0.9,", "SUM(A1)", "名"]), max_size=5)
)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell of a CSV file."""
    if not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return False
    return not (cell[0] in "+-" and all(character in "0123456789.," for character in cell[1:]))


@given(texts)
def test_no_guarded_text_is_a_formula(text: str) -> None:
    assert not is_formula(guarded(text))


@given(texts)
def test_every_text_reads_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(texts)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    if not is_formula(text.lstrip("'")):
        assert guarded(text) == text


@given(st.lists(st.lists(texts, min_size=1)))
def test_no_cell_of_a_csv_file_is_a_formula_even_where_nobody_guarded_it(
    rows: list[list[str]],
) -> None:
    written = csv_lines(rows).decode()
    assert not any(
        map(is_formula, chain.from_iterable(csv.reader(io.StringIO(written, newline=""))))
    )


@given(st.lists(texts, min_size=1))
def test_a_line_of_a_csv_file_reads_back(cells: list[str]) -> None:
    written = csv_lines([[cell_text(cell) for cell in cells]]).decode()
    assert [
        [unguarded(c) for c in row] for row in csv.reader(io.StringIO(written, newline=""))
    ] == [cells]


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "", ""),
        (True, "是", "true"),
        (False, "否", "false"),
        (-5, "-5", "-5"),
        (date(2016, 6, 14), "2016-06-14", "2016-06-14"),
        ("=1+1", "'=1+1", "'=1+1"),
        ("+86 755", "'+86 755", "'+86 755"),
        ("-5", "-5", "-5"),
    ],
)
def test_values_in_cells(value: object, zh: str, en: str) -> None:
    assert (cell_text(value, "zh"), cell_text(value, "en")) == (zh, en)


@dataclass(frozen=True)
class Club:
    """A row."""

    name: str
    members: int | None
    active: bool


CLUBS = [Club("深圳市狮子会", 12, active=True), Club("=1+1", None, active=False)]
COLUMNS = (
    Column[Club]("name", lambda club: club.name, "名称"),
    Column[Club]("members", lambda club: club.members, "会员数", count=True),
    Column[Club]("active", lambda club: club.active),
)


async def _file(file_format: str, form: TableForm[Club]) -> bytes:
    async def pages() -> AsyncIterator[Sequence[Club]]:
        for club in CLUBS:
            yield [club]

    return b"".join([piece async for piece in table_file(file_format, pages(), form)])


async def test_csv_with_chinese_headers_where_there_are_any() -> None:
    content = await _file("csv", table_form(COLUMNS, language="zh"))
    assert content == BOM + ("名称,会员数,active\r\n深圳市狮子会,12,是\r\n'=1+1,,否\r\n".encode())


async def test_sheet_with_counts_as_numbers() -> None:
    content = await _file("xlsx", table_form(COLUMNS, sheet="clubs"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("clubs")
    assert sheet.to_python() == [
        ["name", "members", "active"],
        ["深圳市狮子会", 12, "true"],
        ["'=1+1", "", "false"],
    ]


async def test_lines_of_json() -> None:
    form = table_form(COLUMNS, line=lambda club: f'{{"name":"{club.name}"}}')
    content = await _file("ndjson", form)
    assert content.decode() == '{"name":"深圳市狮子会"}\n{"name":"=1+1"}\n'
