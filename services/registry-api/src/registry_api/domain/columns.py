"""The organization as flat columns: what a table file calls each field, and how it is written.

Derived from the model, so a new field is a new column. A header is the field's dotted path
(`registration.authority.division_code`) or its Chinese title (登记管理机关区划代码). How cells read
stands in `cells`.
"""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from registry_api.domain.code_lists import Coded, code_lists
from registry_api.domain.organization import OrganizationState, State, complete
from registry_api.domain.quoting import listed, written
from servicekit.errors import Text
from servicekit.tables import guarded

Kind = Literal["text", "token", "code", "count", "flag", "date", "list", "codes"]
Language = Literal["zh", "en"]

REASON_HEADER = Text("错误原因（改好后请清空）", "errors (clear when mended)")
"""The last column of a table of refused rows; a row in which it is filled in is not mended."""
REASON_MEMBER = "import_errors"
"""The same in a JSON document."""
IGNORED = frozenset({"id", "revision"})
"""Columns of our own files that say nothing an import could bring in."""
UNKNOWN_WORD = "未知"
"""Written into the first cell of an object that is there although nothing is known of it."""

_QUOTED = frozenset({"text", "list", "date"})
_FLAGS = {"zh": {True: "是", False: "否"}, "en": {True: "true", False: "false"}}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One leaf of the document; `validator` says what its value may be, whatever file it is in."""

    path: tuple[str, ...]
    title: str
    kind: Kind
    code_list: str | None
    validator: TypeAdapter[Any]

    @property
    def dotted(self) -> str:
        """The path as a header."""
        return ".".join(self.path)

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer."""
        return "/" + "/".join(self.path)

    def header(self, language: Language) -> str:
        """What the column is called: its title, or its path."""
        return self.title if language == "zh" else self.dotted

    def write(self, value: Any, language: Language) -> str:
        """The value as a cell's text, which reads back as the same value."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return _FLAGS[language][value]
        if isinstance(value, list):
            text = listed([self._word(item, language) for item in value])
        else:
            text = self._word(value, language)
        return written(text) if self.quotes else guarded(text)

    @property
    def quotes(self) -> bool:
        """Whether its cells may be written to be taken to the letter; codes have their words."""
        return self.kind in _QUOTED

    def _word(self, value: Any, language: Language) -> str:
        if self.code_list is None or language == "en":
            return str(value)
        label = code_lists()[self.code_list].values.get(value)
        return label.zh if label else str(value)


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


def is_reason(header: str) -> bool:
    """Whether a column, or a JSON member, of this name holds why a row was refused."""
    word = header.strip().casefold()
    return word.startswith("错误原因") or word in {REASON_HEADER.en, REASON_MEMBER}


def cells_of(state: State, language: Language) -> list[str]:
    """A whole state as cells, one for each of `columns()`; an import of them changes nothing."""
    cells = [column.write(value_at(state, column.path), language) for column in columns()]
    for path, places in _objects():
        if not any(cells[place] for place in places) and value_at(state, path) is not None:
            cells[places[0]] = UNKNOWN_WORD
    return cells


def value_at(state: State, path: Sequence[str]) -> Any:
    """The value at `path`, None where an object on the way is null."""
    value: Any = state
    for key in path:
        if value is None:
            return None
        value = value[key]
    return value


@cache
def _objects() -> tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]:
    """Objects that may be null, inner ones first, each with the places of its columns."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place, column in enumerate(columns()):
        for depth in range(1, len(column.path)):
            found.setdefault(column.path[:depth], []).append(place)
    nothing = complete({})
    nullable = [(p, tuple(places)) for p, places in found.items() if value_at(nothing, p) is None]
    return tuple(sorted(nullable, key=lambda entry: -len(entry[0])))


def _walk(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        if get_origin(field.annotation) is dict:
            continue  # reviews by candidate are in documents only, tables have the counts
        kinds = [a for a in _arguments(field.annotation) if a is not type(None)]
        nested = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)
        if nested is not None:
            yield from _walk(nested, here)
            continue
        metadata = list(_metadata(field))
        coded = next((m for m in metadata if isinstance(m, Coded)), None)
        yield Column(
            here,
            field.title or ".".join(here),
            _kind(kinds, metadata),
            coded.list if coded else None,
            TypeAdapter(Annotated[field.annotation, *field.metadata, None]),  # type: ignore[arg-type]
        )


def _arguments(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def _metadata(field: Any) -> Iterator[Any]:
    """What is annotated to the field, to its alternatives and to the items of its list."""
    yield from field.metadata
    for argument in _arguments(field.annotation):
        yield from getattr(argument, "__metadata__", ())
        for item in get_args(argument) if get_origin(argument) is list else ():
            yield from getattr(item, "__metadata__", ())


def _kind(kinds: list[Any], metadata: list[Any]) -> Kind:
    coded = any(isinstance(m, Coded) for m in metadata)
    plain = getattr(kinds[0], "__origin__", kinds[0])
    if plain is list or get_origin(plain) is list:
        return "codes" if coded else "list"
    if coded:
        return "code"
    if any(getattr(m, "pattern", None) for m in metadata):
        return "token"
    by_type: dict[Any, Kind] = {int: "count", bool: "flag", date: "date"}
    return by_type.get(plain, "text")
