"""Which cell of a table's rows is which field, and how a row of cells becomes a document.

A file has as many rows as the country has organizations but few distinct values in most columns,
so what a cell says (value and validity) is worked out once for each distinct text and remembered.
For the same reason the way from cells to the nested document is laid down once for each file, as
one Python expression, instead of being walked for each row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import getitem
from typing import Any

from pydantic import BaseModel

from registry_api.domain import credit_code
from registry_api.domain.cells import UNKNOWN, BadCell, Tell, read_cell
from registry_api.domain.columns import IGNORED, Column, columns_by_header, is_reason
from registry_api.domain.organization import OrganizationState, State, shape
from registry_api.domain.quoting import EXAMPLE_MARK
from registry_api.domain.street_names import read_street
from registry_api.files.rows import BrokenRow, FileRefused, FileRow
from servicekit.errors import Violation

MAX_COLUMNS = 200
_NAMING = {("credit_code",), ("filing_number",)}
"""Columns that say whom a row is about."""

_STREET = ("domicile", "division_code")

_REMEMBERED = 60_000
"""Distinct cells remembered for each column: dates and the country's divisions fit."""
_JUDGED_AFTER = 4_000
"""Rows after which a column that hardly repeats itself, say of names, is not remembered more."""

Values = list[Any]
Build = Callable[[Values], State]


class _Memory(dict[str, Any]):
    """What the cells of one column say, by their text."""

    def __init__(self, column: Column, tell: Tell) -> None:
        super().__init__()
        self._column = column
        self._tell = tell
        self._limit = _REMEMBERED

    def __missing__(self, cell: str) -> Any:
        notices: list[Violation] = []
        value = read_cell(self._column, cell, notices.append)
        if notices:  # to be told again for the next row that has it
            for notice in notices:
                self._tell(notice)
        elif len(self) < self._limit:
            self[cell] = value
        return value

    def judge(self, rows: int) -> None:
        """Give up remembering when most of the first `rows` cells were new ones."""
        if len(self) * 2 > rows:
            self._limit = 0
            self.clear()


class _Ignored(dict[str, Any]):
    """A column that says nothing."""

    def __missing__(self, cell: str) -> None:
        return None


class Layout:
    """The columns of one table file. Raises FileRefused for a header that does not fit."""

    def __init__(self, header: Sequence[str], line: int = 1) -> None:
        self.header = tuple(header)
        self._columns, self.passed_over = _match(header, line)
        self._notices: list[Violation] = []
        self._memories: list[dict[str, Any]] = [
            _Ignored() if column is None else _Memory(column, self._notices.append)
            for column in self._columns
        ]
        self._rows = 0
        places = {c.path: place for place, c in enumerate(self._columns) if c is not None}
        self.places: Mapping[tuple[str, ...], int] = places
        self._name = places.get(("name",))
        self.patch = _compiled(_patch_source(OrganizationState, (), places))
        self.state = _compiled(_state_source(OrganizationState, (), places))
        needed = list(_needed(OrganizationState, (), places))
        self._needed = [(w, place, pointer) for w, place, pointer in needed if place is not None]
        self.whole = len(self._needed) == len(needed)

    def row(self, line: int, cells: Sequence[str]) -> FileRow:
        """The row that `cells` are."""
        if len(cells) != len(self._columns):
            violation = Violation("", "columns", len(cells), {"expected": len(self._columns)})
            return BrokenRow(line, cells, [violation])
        self._rows += 1
        if self._rows == _JUDGED_AFTER:
            self._judge_memories()
        try:
            values = list(map(getitem, self._memories, cells))
        except BadCell:
            return self._one_by_one(line, cells)
        return self._read(line, cells, values)

    def _read(self, line: int, cells: Sequence[str], values: Values) -> FileRow:
        notices: Sequence[Violation] = ()
        if self._notices:
            notices = tuple(self._notices)
            self._notices.clear()
        missing = self._missing(values) if self._needed else ()
        if missing:
            return BrokenRow(line, cells, missing, notices)
        return TableRow(line, cells, self, values, notices)

    def _judge_memories(self) -> None:
        for memory in self._memories:
            if isinstance(memory, _Memory):
                memory.judge(self._rows)

    def is_example(self, cells: Sequence[str]) -> bool:
        """Whether these cells are the example of our template."""
        return self._name is not None and cells[self._name].lstrip().startswith(EXAMPLE_MARK)

    def _one_by_one(self, line: int, cells: Sequence[str]) -> FileRow:
        """Read cell by cell, to list all that do not read; a street's name may do after all."""
        self._notices.clear()
        values: Values = []
        broken: dict[int, Sequence[Violation]] = {}
        for place, (memory, cell) in enumerate(zip(self._memories, cells, strict=True)):
            try:
                values.append(memory[cell])
            except BadCell as bad:
                values.append(None)
                broken[place] = bad.violations
        place = self.places.get(_STREET, -1)
        if place in broken:
            try:
                values[place] = self._street(cells[place], values)
            except BadCell as bad:
                broken[place] = bad.violations
            else:
                if values[place] is not None:
                    del broken[place]
        if not broken:
            return self._read(line, cells, values)
        notices = tuple(self._notices)
        self._notices.clear()
        return BrokenRow(line, cells, [v for listed in broken.values() for v in listed], notices)

    def _street(self, cell: str, values: Values) -> str | None:
        """The code of the street that the cell names, among those of the row's authority."""
        code, division = (
            values[self.places[path]] if path in self.places else None
            for path in (("credit_code",), ("registration", "authority", "division_code"))
        )
        if not isinstance(division, str):
            division = credit_code.division_of(code) if isinstance(code, str) else None
        return read_street("/" + "/".join(_STREET), cell.strip(), division, self._notices.append)

    def _missing(self, values: Values) -> list[Violation]:
        """Fields that an object needs which is there in part."""
        return [
            Violation(pointer, "missing", None)
            for within, place, pointer in self._needed
            if values[place] is None and any(values[other] is not None for other in within)
        ]


class TableRow(FileRow):
    """A row of a CSV file or a spreadsheet, every cell read and valid."""

    __slots__ = ("_layout", "_values")

    def __init__(
        self,
        line: int,
        cells: Sequence[str],
        layout: Layout,
        values: Values,
        notices: Sequence[Violation],
    ) -> None:
        super().__init__(line, cells, (), notices)
        self._layout = layout
        self._values = values

    @property
    def sound(self) -> bool:
        """Cells are held to their column's rules when read; absent columns may be missed."""
        return self._layout.whole

    @property
    def example(self) -> bool:
        """Whether the template's example was left standing."""
        return self._layout.is_example(self.cells)

    def patch(self) -> State:
        """The fields that the file has columns for."""
        return self._directly(self._layout.patch(self._values))

    def state(self) -> State:
        """Every field; defaults and nulls where the file has no column."""
        return self._directly(self._layout.state(self._values))

    def leaf(self, *path: str) -> Any:
        """The value of the field's cell."""
        place = self._layout.places.get(path)
        value = None if place is None else self._values[place]
        return None if value is UNKNOWN else value

    def _directly(self, document: State) -> State:
        """直接登记 in place of a supervisor says the mode of registration, unless a column does."""
        if self.notices and any(n.rule == "direct_registration" for n in self.notices):
            registration = dict(document.get("registration") or {})
            if registration.get("mode") is None:
                return {**document, "registration": {**registration, "mode": "direct"}}
        return document


def _match(header: Sequence[str], line: int) -> tuple[list[Column | None], list[Violation]]:
    """The column of each cell, None for those that say nothing; notices of unknown columns.

    Published lists have columns that the register does not keep (注册资金, 证书有效期): they are
    passed over as long as another column names the organization. Raises FileRefused.
    """
    if len(header) > MAX_COLUMNS:
        facts = {"limit": MAX_COLUMNS}
        raise FileRefused(line, Violation("", "too_many_columns", len(header), facts))
    known = columns_by_header()
    found: list[Column | None] = []
    violations: list[Violation] = []
    unknown: list[Violation] = []
    for cell in header:
        word = cell.strip().casefold()
        column = known.get(word)
        if column is None and word not in IGNORED and not is_reason(word):
            unknown.append(Violation("", "unknown_column", cell.strip()))
        elif column is not None and column in found:
            violations.append(Violation(column.pointer, "repeated_column", cell.strip()))
        found.append(column)
    if not any(column is not None and column.path in _NAMING for column in found):
        violations += unknown
    if violations:
        raise FileRefused(line, *violations)
    named = [notice for notice in unknown if notice.value]
    return found, [Violation("", "column_passed_over", notice.value) for notice in named]


def recognised(header: Sequence[str]) -> int:
    """How many cells of a would-be header name a column."""
    known = columns_by_header()
    return sum(1 for cell in header if cell.strip().casefold() in known)


Places = Mapping[tuple[str, ...], int]


def _compiled(source: str) -> Build:
    """An expression over the values `v` of a row; it holds names and defaults of the model only."""
    build: Build = eval(f"lambda v: {source}", {"UNKNOWN": UNKNOWN})  # noqa: S307
    return build


def _state_source(model: type[BaseModel], path: tuple[str, ...], places: Places) -> str:
    """The whole object, in the order of canonical JSON."""
    parts = []
    for key, default, nested, nullable in sorted(shape(model), key=lambda field: field[0]):
        here = (*path, key)
        if nested is not None:
            value = _state_source(nested, here, places)
            value = _null_unless_filled(value, here, places) if nullable else value
        else:
            value = _leaf_source(here, default, places)
        parts.append(f"{key!r}: {value}")
    return f"{{{', '.join(parts)}}}"


def _patch_source(model: type[BaseModel], path: tuple[str, ...], places: Places) -> str:
    """The members for which the file has a column.

    An empty cell of a field with a default leaves what is known rather than emptying it.
    """
    parts = []
    for key, default, nested, nullable in shape(model):
        here = (*path, key)
        if not any(place[: len(here)] == here for place in places):
            continue
        if nested is not None:
            value = _patch_source(nested, here, places)
            value = _null_unless_filled(value, here, places) if nullable else value
            parts.append(f"{key!r}: {value}")
        elif default is not None:
            place = places[here]
            parts.append(f"**({{}} if v[{place}] is None else {{{key!r}: v[{place}]}})")
        else:
            parts.append(f"{key!r}: {_leaf_source(here, None, places)}")
    return f"{{{', '.join(parts)}}}"


def _leaf_source(path: tuple[str, ...], default: Any, places: Places) -> str:
    place = places.get(path)
    if place is None:
        return repr(default)
    empty = f"v[{place}] is None or v[{place}] is UNKNOWN"
    return f"({default!r} if {empty} else v[{place}])"


def _null_unless_filled(source: str, path: tuple[str, ...], places: Places) -> str:
    """An object all of whose cells are empty is null."""
    filled = [place for leaf, place in places.items() if leaf[: len(path)] == path]
    if not filled:
        return "None"
    empty = " and ".join(f"v[{place}] is None" for place in filled)
    return f"(None if {empty} else {source})"


def _needed(
    model: type[BaseModel], path: tuple[str, ...], places: Places
) -> Iterator[tuple[tuple[int, ...], int | None, str]]:
    """(the object's places, the field's place, its pointer) of fields that a nested object needs.

    The organization's own are left to the checks of a whole state: a row may add to a known one.
    """
    within = tuple(place for leaf, place in places.items() if leaf[: len(path)] == path)
    required = {f.alias or name for name, f in model.model_fields.items() if f.is_required()}
    for key, _, nested, _ in shape(model):
        here = (*path, key)
        if nested is not None:
            yield from _needed(nested, here, places)
        elif path and within and key in required:
            yield within, places.get(here), "/" + "/".join(here)
