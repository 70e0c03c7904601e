"""The template of an import: every column by its Chinese name, an example, and the words to use."""

import io
from functools import cache

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from registry_api.core.code_lists import code_lists
from registry_api.core.organization.columns import columns
from registry_api.core.organization.quoting import EXAMPLE_MARK
from servicekit.tables import BOM, add_table, csv_lines, new_workbook, write_row

_SHEET = "社会组织"
_WORDS_SHEET = "代码表"
_ROWS = 10_000
"""Rows below the header for which a spreadsheet offers the words of coded columns."""

_EXAMPLE = {
    "credit_code": "52440303MJL0000000",
    "name": f"{EXAMPLE_MARK}罗湖区晨曦社会工作服务中心",
    "kind": "民办非企业单位",
    "institution_type": "一般",
    "category": "社会服务",
    "registration.mode": "双重管理",
    "registration.authority.name": "罗湖区民政局",
    "registration.authority.division_code": "440303",
    "registration.registered_on": "2009-03-02",
    "business_supervisor.name": "罗湖区民政局",
    "domicile.division_code": "440303001",
    "domicile.address": "桂园路1号",
    "status": "存续",
    "full_time_staff": "12",
    "charter.state": "已写入",
    "party.full_members": "3",
    "party.probationary_members": "0",
}


@cache
def template(form: str) -> bytes:
    """The template as "csv" or "xlsx"."""
    return _csv() if form == "csv" else _xlsx()


def _example() -> list[str]:
    return [_EXAMPLE.get(column.dotted, "") for column in columns()]


def _csv() -> bytes:
    return BOM + csv_lines([[column.title for column in columns()], _example()])


def _xlsx() -> bytes:
    target = io.BytesIO()
    with new_workbook(target, in_memory=True, constant_memory=False) as book:
        fields = columns()
        counted = [column.kind == "count" for column in fields]
        sheet = add_table(book, _SHEET, counted, [column.title for column in fields])
        write_row(sheet, 1, counted, _example())
        places = _words(book)
        for place, column in enumerate(fields):
            if column.kind == "code":
                sheet.data_validation(
                    1, place, _ROWS, place,
                    {"validate": "list", "source": places[column.code_list or ""],
                     "error_type": "warning"},
                )  # fmt: skip
    return target.getvalue()


def _words(book: xlsxwriter.Workbook) -> dict[str, str]:
    """The second sheet: a column of labels for each code list; where each list's labels are."""
    used = {column.code_list: column for column in columns() if column.code_list}
    lists = [code_lists()[name] for name in used if name]
    sheet = add_table(
        book, _WORDS_SHEET, [False] * len(used), [code_list.title.zh for code_list in lists]
    )
    places = {}
    for place, code_list in enumerate(lists):
        for number, label in enumerate(code_list.values.values(), start=1):
            sheet.write_string(number, place, label.zh)
        letters = xl_col_to_name(place)
        places[code_list.name] = (
            f"='{_WORDS_SHEET}'!${letters}$2:${letters}${len(code_list.values) + 1}"
        )
    return places
