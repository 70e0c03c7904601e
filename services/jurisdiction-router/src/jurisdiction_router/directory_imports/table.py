"""The directory as one table, as a spreadsheet holds it: a row for each area and each body.

What occurs several times stands in one cell, parted by semicolons: `440303 2000-01-01~2017-01-01;
440309 2017-01-01~`. A backslash before a semicolon or a backslash makes it part of a name.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from jurisdiction_router.core.directory.areas_and_bodies import AREA_LEVELS
from jurisdiction_router.core.refusals import TableUnreadable
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.core.texts import texts
from servicekit.errors import Refusal, Text, Violation
from servicekit.tables import guarded, unguarded


class Column(NamedTuple):
    """A column: its name in the table, its headers, and the fields that it holds."""

    name: str
    header: Text
    fields: tuple[str, ...]
    aliases: tuple[str, ...] = ()


_TEXTS: Final = texts("directory_table")
COLUMNS: Final = (
    Column("record", _TEXTS["column_record"], (), ("type",)),
    Column("key", _TEXTS["column_key"], ("code", "id"),
           ("code", "id", "代码", "编号", "区划代码", "党组织编号")),
    Column("name", _TEXTS["column_name"], ("name",)),
    Column("kind", _TEXTS["column_kind"], ("level", "kind"),
           ("level", "kind", "级别", "类别")),
    Column("area", _TEXTS["column_area"],
           ("parent", "parents", "area_code"),
           ("parent", "parents", "area_code", "上级区划", "所在区划")),
    Column("system", _TEXTS["column_system"], ("system",)),
    Column("valid_from", _TEXTS["column_valid_from"], ("valid_from",), ("起始日（含）",)),
    Column("valid_until", _TEXTS["column_valid_until"], ("valid_until",), ("截止日（不含）",)),
    Column("successors", _TEXTS["column_successors"], ("successors", "successor"),
           ("successor", "承接区划", "承接党组织")),
    Column("former_names", _TEXTS["column_former_names"], ("former_names",)),
    Column("codes", _TEXTS["column_codes"], ("codes",), ("其他代码",)),
)  # fmt: skip
IGNORED: Final = frozenset({"错误原因", "errors", "行号", "line", "变化", "change"})
"""Columns of the report's table, which may be mended and sent again."""

RECORDS: Final = {what: _TEXTS[f"record_{what}"] for what in ("area", "body")}
LEVELS: Final = {level: _TEXTS[f"level_{level}"] for level in AREA_LEVELS}
_OTHER_LEVELS: Final = {
    "省级": "province", "市级": "city", "区": "district", "县": "district", "区级": "district",
    "新区": "district", "镇": "street", "乡": "street", "乡镇": "street", "村": "community",
}  # fmt: skip
_DATE: Final = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
_PART: Final = re.compile(r"(?:\\.|[^;；\n\\])+", re.DOTALL)


class TableRow(NamedTuple):
    """A row: its line, what it is (None where that can't be told), its fields as JSON has them."""

    line: int
    what: str | None
    fields: dict[str, Any]
    violations: tuple[Violation, ...] = ()


def read_table(content: bytes, vocabulary: Vocabulary) -> list[TableRow]:
    """The rows of a CSV in UTF-8 or GB18030 with Chinese or English headers, in any order.

    Commas, semicolons or tabs part the columns. Raises Refusal `table-unreadable` for a file that
    is no such table; what is wrong in a row stands with the row.
    """
    text = _text(content)
    records = _records(text)
    header = next(records, None)
    if header is None:
        raise _unreadable(1, "no_header")
    columns = _columns(header[1])
    words = _Words(vocabulary)
    return [
        _row(line, dict(zip(columns, cells, strict=False)), words)
        for line, cells in records
        if any(cell.strip() for cell in cells)
    ]


def column_of(pointer: str) -> Column | None:
    """The column that holds the field a pointer leads to."""
    field = pointer.removeprefix("/").partition("/")[0]
    return next((column for column in COLUMNS if field in column.fields), None)


def table_rows(
    items: Iterable[tuple[str, Mapping[str, Any]]], vocabulary: Vocabulary, language: str
) -> Iterator[list[str]]:
    """Areas and bodies, as ("area" or "body", document), as cells in the order of the columns."""
    words = _Words(vocabulary)
    for what, document in items:
        cells = _area_cells(document) if what == "area" else _body_cells(document)
        cells["record"] = RECORDS[what].say(language)
        for name, codes in (("kind", words.kinds[what]), ("system", words.systems)):
            code = cells.get(name) or ""
            cells[name] = codes[code].say(language) if code in codes else code
        yield [guarded(cells.get(column.name) or "") for column in COLUMNS]


class _Words:
    """Words for codes, and codes for words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        bodies = dict(vocabulary.bodies)
        self.kinds: Mapping[str, Mapping[str, Text]] = {"area": LEVELS, "body": bodies}
        self.systems = {
            code: words
            for (attribute, code), words in vocabulary.values.items()
            if attribute == "supervisor_system" and code != "none"
        }
        self._read = {what: _readings(self.kinds[what]) for what in RECORDS}
        self._read["area"] |= _OTHER_LEVELS
        self._systems = _readings(self.systems)
        self._records = _readings(RECORDS)

    def record(self, text: str) -> str | None:
        return self._records.get(text.lower())

    def kind(self, what: str, text: str) -> str:
        return self._read[what].get(text.lower(), text)

    def system(self, text: str) -> str:
        return self._systems.get(text.lower(), text)


def _readings(words: Mapping[str, Text]) -> dict[str, str]:
    return {
        reading.lower(): code
        for code, label in words.items()
        for reading in (code, label.zh, label.en)
    }


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _unreadable(1, "utf_16")
    reached = []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            reached.append(error.start)
        else:
            if "\0" in text:
                raise _unreadable(text[: text.index("\0")].count("\n") + 1, "null_character")
            return text
    raise _unreadable(1, "encoding", max(reached))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _unreadable(reader.line_num, "malformed_csv", None, error=str(error)) from None
        if cells is None:
            return
        yield reader.line_num, [unguarded(cell.strip()) for cell in cells]


def _columns(header: Sequence[str]) -> list[str]:
    """The columns' names, in the order of the file."""
    known = {
        alias.lower(): column.name
        for column in COLUMNS
        for alias in (column.name, column.header.zh, column.header.en, *column.aliases)
    }
    names: list[str] = []
    violations = []
    for title in header:
        name = known.get(title.lower())
        if (name is None and title.lower() in IGNORED) or not title:
            names.append(f"ignored {len(names)}")
            continue
        if name is None:
            violations.append(Violation("/1", "unknown_column", title))
        elif name in names:
            violations.append(Violation("/1", "repeated_column", title))
        names.append(name or "")
    missing = [c for c in COLUMNS if c.name in _NEEDED and c.name not in names]
    violations += [
        Violation("/1", "missing_column", f"{c.header.zh} / {c.header.en}") for c in missing
    ]
    if violations:
        raise TableUnreadable(*violations)
    return names


_NEEDED: Final = ("record", "key", "name", "kind", "area", "valid_from")


def _row(line: int, cells: Mapping[str, str], words: _Words) -> TableRow:
    filled = {name: text for name, text in cells.items() if text}
    what = words.record(filled.get("record", ""))
    if what is None:
        expected = ", ".join(f"{label.zh} {label.en}" for label in RECORDS.values())
        value = filled.get("record")
        wrong = Violation("/record", "literal_error", value, {"expected": expected})
        return TableRow(line, None, {"key": filled.get("key")}, (wrong,))
    fields: dict[str, Any] = {name: filled[name] for name in ("name",) if name in filled}
    for name in ("valid_from", "valid_until"):
        if name in filled:
            fields[name] = _date(filled[name])
    if "former_names" in filled:
        fields["former_names"] = [_former_name(part) for part in _parts(filled["former_names"])]
    return TableRow(line, what, {**fields, **(_area if what == "area" else _body)(filled, words)})


def _area(cells: Mapping[str, str], words: _Words) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if "key" in cells:
        fields["code"] = cells["key"]
    if "kind" in cells:
        fields["level"] = words.kind("area", cells["kind"])
    if "system" in cells:
        fields["system"] = cells["system"]  # an area has none: refused by name
    parents = _parts(cells.get("area", ""))
    if len(parents) == 1 and " " not in parents[0]:
        fields["parent"] = parents[0]
    elif parents:
        fields["parents"] = [_dated(part, "parent") for part in parents]
    if "successors" in cells:
        fields["successors"] = [_successor(part) for part in _parts(cells["successors"])]
    if "codes" in cells:
        fields["codes"] = [_other_code(part) for part in _parts(cells["codes"])]
    return fields


def _body(cells: Mapping[str, str], words: _Words) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, field in (("key", "id"), ("area", "area_code"), ("successors", "successor")):
        if name in cells:
            fields[field] = cells[name]
    if "kind" in cells:
        fields["kind"] = words.kind("body", cells["kind"])
    if "system" in cells:
        fields["system"] = words.system(cells["system"])
    if "codes" in cells:
        fields["codes"] = cells["codes"]  # a body has none: refused by name
    return fields


def _parts(cell: str) -> list[str]:
    parts = (re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL).strip() for part in _PART.findall(cell))
    return [part for part in parts if part]


def _dated(part: str, name: str) -> dict[str, Any]:
    """`440303 2000-01-01~2017-01-01`, with the end left out where there is none."""
    thing, _, period = part.rpartition(" ")
    start, _, end = period.partition("~")
    dated = {name: thing.strip(), "valid_from": _date(start)}
    return {**dated, "valid_until": _date(end)} if end else dated


def _other_code(part: str) -> dict[str, Any]:
    """`bureau LH-GY 2016-01-01~`."""
    dated = _dated(part, "code")
    system, _, code = dated["code"].partition(" ")
    return {**dated, "system": system, "code": code.strip()}


def _successor(part: str) -> dict[str, Any]:
    """`440311`, or `440311 2017-01-07` where it isn't the day of the end."""
    code, _, day = part.partition(" ")
    return {"code": code, "valid_from": _date(day)} if day else {"code": code}


def _former_name(part: str) -> dict[str, Any]:
    """`龙华新区 2017-01-07`: the name, and the first day of the next."""
    name, _, day = part.rpartition(" ")
    return {"name": name.strip(), "until": _date(day.removeprefix("~"))}


def _date(text: str) -> str:
    """A date as people write it, in its ISO form; what is none stays as it is."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return text.strip()
    year, month, day = match.groups()[:3] if match.group(1) else match.groups()[3:]
    return f"{year}-{int(month):02}-{int(day):02}"


def _area_cells(document: Mapping[str, Any]) -> dict[str, str]:
    parents = document["parents"]
    plain = len(parents) == 1 and _same_dates(parents[0], document)
    return {
        **_shared_cells(document),
        "key": document["code"],
        "kind": document["level"],
        "area": parents[0]["parent"] if plain
        else _joined(f"{edge['parent']} {_period(edge)}" for edge in parents),
        "successors": _joined(
            heir["code"] if heir["valid_from"] == document["valid_until"]
            else f"{heir['code']} {heir['valid_from']}"
            for heir in document["successors"]
        ),
        "codes": _joined(
            f"{code['system']} {code['code']} {_period(code)}" for code in document["codes"]
        ),
    }  # fmt: skip


def _body_cells(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        **_shared_cells(document),
        "key": document["id"],
        "kind": document["kind"],
        "area": document["area_code"],
        "system": document["system"],
        "successors": document["successor"],
    }


def _shared_cells(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": document["name"],
        "valid_from": document["valid_from"],
        "valid_until": document["valid_until"],
        "former_names": _joined(f"{f['name']} {f['until']}" for f in document["former_names"]),
    }


def _same_dates(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("valid_from", "valid_until"))


def _period(thing: Mapping[str, Any]) -> str:
    return f"{thing['valid_from']}~{thing['valid_until'] or ''}"


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(re.sub(r"([;；\\\n])", r"\\\1", part) for part in parts)


def _unreadable(line: int, rule: str, value: Any = None, **facts: Any) -> Refusal:
    return TableUnreadable(Violation(f"/{line}", rule, value, {"line": line, **facts}))
