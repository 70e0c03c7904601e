"""The organization as flat columns: what a table file calls each field, and how its cells read.

Derived from the model, so a new field is a new column. A header is the field's dotted path
(`registration.authority.division_code`) or its Chinese title (登记管理机关区划代码).
"""

import re
import types
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from registry_api.domain.code_lists import Coded, code_lists
from registry_api.domain.organization import OrganizationState, State
from servicekit.refusals import Violation

LIST_SEPARATOR = "；"
IGNORED = frozenset({"id", "revision"})
"""Columns of an export that say nothing an import could bring in."""

_NOTHING = frozenset({"", "无", "暂无", "null", "-", "—", "/", "\\n"})
"""What people write for "nothing" in real lists."""
_YES = {"true": True, "是": True, "yes": True, "1": True, "y": True}
_NO = {"false": False, "否": False, "no": False, "0": False, "n": False}


@dataclass(frozen=True, slots=True)
class Column:
    """One leaf of the document. `read` turns a cell's text into a JSON value or a Violation."""

    path: tuple[str, ...]
    title: str
    kind: str
    code_list: str | None

    @property
    def dotted(self) -> str:
        """The path as a header."""
        return ".".join(self.path)

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer."""
        return "/" + "/".join(self.path)

    def read(self, cell: str) -> Any:
        """The cell's value: None for an empty one. Raises BadCell with the broken rule."""
        text = clean(cell)
        if text.casefold() in _NOTHING:
            return None
        return _READERS[self.kind](self, cell.strip() if self.kind == "text" else text)

    def write(self, value: Any) -> str:
        """The value as a cell's text; what `read` reads back."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return LIST_SEPARATOR.join(value)
        return str(value)


class BadCell(Exception):
    """A cell that does not read."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.rule)
        self.violation = violation


@cache
def columns() -> tuple[Column, ...]:
    """All columns, in the order of the document."""
    return tuple(_walk(OrganizationState, ()))


@cache
def columns_by_header() -> dict[str, Column]:
    """Columns by dotted path and by Chinese title, both case-folded."""
    return {
        header.casefold(): column
        for column in columns()
        for header in (column.dotted, column.title)
    }


def clean(cell: str) -> str:
    """Full-width letters, digits and spaces as half-width (NFKC), outer spaces gone.

    Not for names and addresses, whose full-width brackets are part of them.
    """
    return unicodedata.normalize("NFKC", cell).strip() if not cell.isascii() else cell.strip()


def value_at(state: State, path: tuple[str, ...]) -> Any:
    """The leaf at `path`, None where an object on the way is null."""
    value: Any = state
    for key in path:
        if value is None:
            return None
        value = value[key]
    return value


def _walk(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        kinds = [a for a in _arguments(field.annotation) if a is not type(None)]
        nested = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)
        if nested is not None:
            yield from _walk(nested, here)
            continue
        coded = next((m for m in _metadata(field) if isinstance(m, Coded)), None)
        kind = "code" if coded else _kind(kinds, list(_metadata(field)))
        yield Column(here, field.title or ".".join(here), kind, coded.list if coded else None)


def _arguments(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def _metadata(field: Any) -> Iterator[Any]:
    yield from field.metadata
    for argument in _arguments(field.annotation):
        yield from getattr(argument, "__metadata__", ())


def _kind(kinds: list[Any], metadata: list[Any]) -> str:
    plain = getattr(kinds[0], "__origin__", kinds[0])
    if plain is list or get_origin(plain) is list:
        return "list"
    if any(getattr(m, "pattern", None) for m in metadata):
        return "token"
    return {int: "count", bool: "flag", date: "date"}.get(plain, "text")


def _read_text(column: Column, text: str) -> str:
    return text


def _read_token(column: Column, text: str) -> str:
    return text.replace(" ", "").upper()


def _read_code(column: Column, text: str) -> str:
    assert column.code_list is not None
    codes = code_lists()[column.code_list]
    found = codes.code(text)
    if found is None:
        expected = "、".join(label.zh for label in codes.values.values())
        facts = {"list": codes.title.zh, "expected": expected}
        raise BadCell(Violation(column.pointer, "unknown_code", text, facts))
    return found


def _read_count(column: Column, text: str) -> int:
    digits = text.removesuffix(".0").replace(",", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", digits):
        raise BadCell(Violation(column.pointer, "not_a_number", text))
    return int(digits)


def _read_flag(column: Column, text: str) -> bool:
    word = text.casefold()
    if word not in _YES and word not in _NO:
        raise BadCell(Violation(column.pointer, "not_a_flag", text))
    return _YES.get(word, False)


_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 0{1,2}:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NO_DATE = date(1900, 1, 1)


def _read_date(column: Column, text: str) -> str | None:
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise BadCell(Violation(column.pointer, "not_a_date", text))
    return None if day == _NO_DATE else day.isoformat()


def _read_list(column: Column, text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；]", text) if part.strip()]


_READERS: dict[str, Callable[[Column, str], Any]] = {
    "text": _read_text,
    "token": _read_token,
    "code": _read_code,
    "count": _read_count,
    "flag": _read_flag,
    "date": _read_date,
    "list": _read_list,
}
