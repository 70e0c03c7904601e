"""Refused rows as a file to mend and send again: what was written, and what is wrong with it.

An import of the file refuses each row again until it is mended: where the reasons still stand, the
row counts as not mended. So they are the same file however often it goes there and back unmended.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

import orjson

from registry_api.core.organization.columns import REASON_HEADER, REASON_MEMBER, columns, is_reason
from registry_api.imports.read import RefusedRow, RefusedRows
from servicekit.errors import Violation, explain, read_rules
from servicekit.tables import TableForm, guarded, table_file, unguarded

_SHEET = {"zh": "待改正", "en": "to mend"}
_LINE = "original_line"
"""The member with a line that is no JSON object, which an import does not take."""


def refused_file(rows: RefusedRows, form: str, language: str) -> AsyncGenerator[bytes, None]:
    """The rows as "csv", "xlsx" or "ndjson", with the reasons in `language`."""
    columns_ = _without_blanks(rows.header)  # a sheet is as wide as its longest row
    reasons = [place for place, cell in enumerate(columns_) if is_reason(cell)]
    places = [place for place in range(len(columns_)) if place not in reasons]
    header = [columns_[place] for place in places]
    worded = _worded(language)

    def cells(row: RefusedRow) -> list[str]:
        as_sent, earlier = _without_reasons(row, reasons)
        in_order = [as_sent[n] if n < len(as_sent) else "" for n in places]
        beyond = _without_blanks(as_sent[len(columns_) :])
        why = earlier or " ".join(map(worded, row.violations))
        return [*map(_harmless, in_order), why, *map(_harmless, beyond)]

    def line(row: RefusedRow) -> str:
        return _document(row, language)

    title = REASON_HEADER.say(language)
    numeric = [False] * (len(header) + 1)
    return table_file(
        form, rows.pages, TableForm(_SHEET[language], [*header, title], numeric, cells, line)
    )


def _without_blanks(cells: Sequence[str]) -> Sequence[str]:
    """The cells up to the last that says something."""
    width = max((n for n, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:width]


def row_error(line: int, violation: Violation, language: str) -> dict[str, Any]:
    """What is said of a row, for machines and people."""
    return {
        "line": line or None,
        "field": violation.pointer,
        "rule": violation.rule,
        "value": violation.value,
        "detail": explain(violation, language, read_rules("registry_api")),
    }


def _without_reasons(row: RefusedRow, places: Sequence[int]) -> tuple[Sequence[str], str]:
    """The cells, and the reasons that an unmended row brought along; "" where it has none.

    They stand at `places`, or in a document in one of the cells, which loses them.
    """
    standing = " ".join(row.cells[n].strip() for n in places if n < len(row.cells)).strip()
    unmended = next((v.value for v in row.violations if v.rule == "not_mended"), "")
    for place, cell in enumerate(row.cells) if unmended and not standing else ():
        document = _object(cell)
        if document is not None and document.pop(REASON_MEMBER, None):
            text = orjson.dumps(document).decode()
            return [*row.cells[:place], text, *row.cells[place + 1 :]], unmended
    return row.cells, standing


def _document(row: RefusedRow, language: str) -> str:
    """The line of an NDJSON file with its errors in a further member, otherwise as it was."""
    text = row.cells[0] if row.cells else ""
    document = _object(text)
    errors = [row_error(row.line, violation, language) for violation in row.violations]
    if document is None:
        unread: Mapping[str, Any] = {_LINE: text} if text else {}
        return orjson.dumps({**unread, REASON_MEMBER: errors}).decode()
    if document.get(REASON_MEMBER):
        return text
    if REASON_MEMBER in document:
        return orjson.dumps({**document, REASON_MEMBER: errors}).decode()
    # appended to the text, so that numbers and members stay as they were written
    open_ = text.strip().removesuffix("}").rstrip()
    comma = "," if document else ""
    return f'{open_}{comma}"{REASON_MEMBER}":{orjson.dumps(errors).decode()}}}'


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _harmless(cell: str) -> str:
    """A cell that somebody wrote, no formula; guarded cells stay as they are."""
    return guarded(unguarded(cell))


def _worded(language: str) -> Callable[[Violation], str]:
    """What is wrong, after the name of its column."""
    titles = {column.pointer: column.header("en" if language == "en" else "zh")
              for column in columns()}  # fmt: skip

    def say(violation: Violation) -> str:
        title = titles.get(violation.pointer)
        words = explain(violation, language, read_rules("registry_api"))
        return f"{title}: {words}" if title else words

    return say
