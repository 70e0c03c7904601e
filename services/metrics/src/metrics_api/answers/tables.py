"""Answers as tables, from the models that describe them.

A model's fields are the columns. Their headers are the English paths (`by.kind` is `kind`), or the
Chinese words with which the fields' descriptions end. A list of rows inside an answer is named by
its path: `groups`, or `targets.variants` where each target has several.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from metrics_api.answers.schemas import ReceiptDocument, Tally, Wording
from metrics_api.core.definitions.dimensions import DIMENSIONS
from metrics_api.core.facts.columns import COLUMN_BY_NAME
from metrics_api.definitions.labels import Labels
from servicekit.errors import read_texts

Language = Literal["zh", "en"]
Path = tuple[str, ...]
Row = Mapping[str, Any]
Cell = str | int | float | None

WHOLE = "total"
"""The member that sums up the rows; it ends the table."""
DIVISORS = "divisors"
"""The member by which figures are divided: cells hold what comes of it."""
IS_SHARE = "is_share"
"""The member that tells shares of one from ratios of sums."""
TALLY = set(Tally.model_fields)
"""What a count has, wherever it stands."""
FACT = {"field", "value"}
"""What a fact that decides has."""
DUE_MONTH = {"month", "due"}
"""What a month of a forecast has."""
_KEYED = ("by", "labels")
"""Members keyed by dimension: keys, and the names of those that have some."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How an answer becomes a table: the model that describes it, and the path to its rows."""

    model: type[BaseModel]
    rows: str


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """A table with its header, and what stands beside it (scalars of the answer, the receipt)."""

    paths: list[Path]
    header: list[str]
    rows: list[list[Cell]]
    notes: list[list[Cell]]
    in_percent: bool = True
    """Whether its rates are shares of one."""


def answer_table(
    document: Mapping[str, Any], layout: TableLayout, labels: Labels, language: Language
) -> AnswerTable:
    """The table of an answer, words in `language`."""
    words = _Words(labels, language)
    row_model, rows = _rows(layout.model, document, layout.rows.split("."))
    paths = list(_columns(row_model, rows))
    cells = [
        [words.member(row_model, path, row, {**document, **row}) for path in paths] for row in rows
    ]
    total = document.get(WHOLE)
    if isinstance(total, Mapping):
        paths = paths or [(name,) for name in total]
        whole = {name: _divided((name,), value, document) for name, value in total.items()}
        cells.append(words.total(paths, whole))
    header = [words.header(row_model, path) for path in paths]
    in_percent = all(it.get(IS_SHARE, True) for it in (document, *rows))
    return AnswerTable(paths, header, cells, list(words.notes(layout, document)), in_percent)


def _divided(path: Path, value: Any, row: Row) -> Any:
    """A figure over its divisor, for people: a number where it is whole, else as in 1594 5/6."""
    by = (row.get(DIVISORS) or {}).get(path[-1].removesuffix("_before").removesuffix("_after"), 1)
    if by == 1 or not isinstance(value, int):
        return value
    whole, rest = divmod(value, by)
    return f"{whole} {Fraction(rest, by)}" if rest else whole


class _Words:
    """What people read instead of names and codes."""

    def __init__(self, labels: Labels, language: Language) -> None:
        self._labels = labels
        self._zh = language == "zh"

    def _text(self, name: str) -> str:
        text = read_texts("metrics_api", "tables")[name]
        return text.zh if self._zh else text.en

    def header(self, model: type[BaseModel], path: Path) -> str:
        if path[0] in _KEYED and len(path) == 2 and path[1] in DIMENSIONS:
            title = self._labels.titles[path[1]].zh if self._zh else path[1]
            return self._text("name_of").format(title=title) if path[0] == "labels" else title
        return _chinese(model, path) if self._zh else ".".join(path)

    def member(self, model: type[BaseModel], path: Path, row: Row, whole: Row) -> Cell:
        """The cell at `path` of a row; what `whole` divides is divided."""
        value = _divided(path, _at(row, path), whole)
        inner = _model_at(model, path)
        if not self._zh or _names_an_id(model, path):
            return self.cell((), value, inner)
        beside = _at(row, path[:-1])
        if isinstance(beside, Mapping) and set(beside) >= FACT and path[-1] in FACT:
            return self._half(path[-1], str(beside["field"]), value)
        return self.cell(path, value, inner)

    def cell(self, path: Path, value: Any, model: type[BaseModel] | None = None) -> Cell:
        """A value in words, where its member has words; `path` is empty where it has none.

        `model` describes the value where it is an object, or each object of a list or mapping.
        """
        if isinstance(value, bool):
            return self._text("yes" if value else "no")
        if value is None or isinstance(value, int | float):
            return value
        if isinstance(value, Mapping):
            return self._object(value, model)
        if isinstance(value, list | tuple):
            return "；".join(str(self.cell(path, item, model)) for item in value)
        return self._word(path, str(value)) if self._zh else str(value)

    def _word(self, path: Path, code: str) -> str:
        """A code in words, where it is one: `body.kind` is the dimension `body_kind`."""
        for name in ("_".join(path[-2:]), *path[-1:]):
            if name in self._labels.codes:
                return self._labels.code(name, code).zh
        return code

    def _object(self, value: Row, model: type[BaseModel] | None) -> str:
        """A text in two languages, or an object in one cell."""
        if set(value) == {"zh", "en"}:
            return str(value["zh" if self._zh else "en"])
        if set(value) >= FACT:
            return self._fact(str(value["field"]), value["value"])
        if set(value) == DUE_MONTH:
            return f"{value['month']}: {value['due']}"
        return "; ".join(f"{title}: {words}" for title, words in self._members(value, model))

    def _members(self, value: Row, model: type[BaseModel] | None) -> Iterator[tuple[str, Cell]]:
        """Of an object in one cell: the members that its model describes, or keys with values."""
        for name, item in value.items():
            if model is None or name not in model.model_fields:
                yield self._key(name), self.cell((name,), item, model)
            elif not (self._zh and "title" in value and _names_an_id(model, (name,))):
                yield self.header(model, (name,)), self.member(model, (name,), value, {})

    def _key(self, name: str) -> str:
        """The key of a mapping: an indicator or a dimension."""
        words = self._labels.codes["indicator"].get(name) or self._labels.facts.get(name)
        return words.zh if self._zh and words else name

    def _fact(self, field: str, value: Any) -> str:
        """A fact that decides, as in 组建方式: 联合组建."""
        if not self._zh:
            return f"{field}: {'' if value is None else self.cell((), value)}"
        return f"{self._labels.facts[field].zh}: {self._labels.fact(field, value).zh}"

    def _half(self, half: str, field: str, value: Any) -> Cell:
        """A fact's title, or its value, in a cell of its own: numbers stay numbers."""
        if half == "field":
            return self._labels.facts[field].zh
        counted = isinstance(value, int) and not isinstance(value, bool)
        if counted and COLUMN_BY_NAME[field].period is None:
            return int(value)
        return self._labels.fact(field, value).zh

    def total(self, paths: list[Path], total: Row) -> list[Cell]:
        """The last line: its title in the first column that is free."""
        line: list[Cell] = [total.get(path[0]) if len(path) == 1 else None for path in paths]
        if line and line[0] is None:
            line[0] = self._text("total")
        return line

    def notes(self, layout: TableLayout, document: Row) -> Iterator[list[Cell]]:
        """Scalars of the answer, then its receipt, each with its title."""
        rows = layout.rows.split(".")[0]
        beside = {
            k: v
            for k, v in document.items()
            if k not in (rows, WHOLE, DIVISORS, IS_SHARE, "receipt")
        }
        for model, known in ((layout.model, beside), (ReceiptDocument, document["receipt"])):
            for name, value in known.items():
                if isinstance(value, Mapping) and set(value) >= TALLY:
                    for part, figure in value.items():
                        header = f"{self.header(model, (name,))}{'' if self._zh else '.'}"
                        cell = _divided((part,), figure, document)
                        yield [header + self.header(Tally, (part,)), cell]
                    continue
                cell = self.member(model, (name,), known, {})
                yield [self.header(model, (name,)), cell]


def _rows(model: type[BaseModel], document: Row, path: Sequence[str]) -> tuple[Any, list[Row]]:
    """The model of a row, and the rows at `path`; a row has its parents' members too."""
    name, *deeper = path
    inner = _models(model)[name]
    rows: list[Row] = list(document.get(name) or ())
    if not deeper:
        return inner, rows
    joined: list[Row] = []
    for parent in rows:
        _, below = _rows(inner, parent, deeper)
        joined += [{**parent, deeper[0]: row} for row in below]
    return inner, joined


def _columns(model: type[BaseModel], rows: Sequence[Row]) -> Iterator[Path]:
    """The paths of a row's cells: keys first, in order of appearance, then what the model says.

    Its own fields come before those it inherits: what a row is, before how it counts.
    """
    models = _models(model)
    own = model.__annotations__
    fields = model.model_fields.items()
    for name, field in sorted(fields, key=lambda it: (it[0] not in _KEYED, it[0] not in own)):
        if name in (DIVISORS, IS_SHARE):
            continue
        inner = models.get(name)
        values = [row[name] for row in rows if isinstance(row.get(name), Mapping)]
        if inner is not None and inner is not Wording:
            if values or not _is_list(field.annotation):
                yield from ((name, *path) for path in _columns(inner, values))
            else:
                yield (name,)
        elif name in _KEYED:
            yield from ((name, key) for key in dict.fromkeys(k for v in values for k in v))
        else:
            yield (name,)


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The fields that hold a model or a list of one."""
    models = {}
    for name, field in model.model_fields.items():
        for inner in _parts(field.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                models[name] = inner
    return models


def _parts(annotation: Any) -> Iterable[Any]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType, list, dict):
        return [part for inner in get_args(annotation) for part in _parts(inner)]
    return [annotation]


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the objects that the member at `path` holds, one or several."""
    inner = _models(model).get(path[0])
    return inner if inner is None or len(path) == 1 else _model_at(inner, path[1:])


def _is_list(annotation: Any) -> bool:
    return any(get_origin(part) is list for part in (annotation, *get_args(annotation)))


def _chinese(model: type[BaseModel], path: Path) -> str:
    """The words with which the description of the field at `path` ends."""
    field = model.model_fields.get(path[0]) or _aliased(model, path[0])
    inner = _models(model).get(path[0])
    if field is None:
        return ".".join(path)
    if len(path) > 1 and inner is not None:
        return _chinese(inner, path[1:])
    return (field.description or path[0]).rsplit(" ", 1)[-1]


def _names_an_id(model: type[BaseModel], path: Path) -> bool:
    """Whether the header promises an id or code: what it names stands beside it in words."""
    return _chinese(model, path).endswith(("编号", "代码"))


def _aliased(model: type[BaseModel], name: str) -> FieldInfo | None:
    """The field that answers show as `name`, such as `from`."""
    return next((it for it in model.model_fields.values() if it.alias == name), None)


def _at(row: Row, path: Path) -> Any:
    value: Any = row
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
