"""What people read instead of dimensions, facts and codes, from `labels/*.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec
import yaml

from metrics_api.core.definitions.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.core.definitions.predicate_documents import DefinitionError
from metrics_api.core.facts.calendar_periods import period_name
from metrics_api.core.facts.columns import COLUMN_BY_NAME, COLUMNS
from servicekit.errors import Text, read_texts

DIMENSIONS_PATH = "labels/dimensions.yaml"
FACTS_PATH = "labels/facts.yaml"
ANSWERS_PATH = "labels/answers.yaml"

Words = Mapping[str, Text]
FactValue = str | int | bool | date | None
Read = TypeVar("Read")


class _Wording(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str


class _Named(msgspec.Struct, forbid_unknown_fields=True):
    title: _Wording
    codes: dict[str, _Wording] = {}
    unassigned: _Wording | None = None


class _Facts(msgspec.Struct, forbid_unknown_fields=True):
    facts: dict[str, _Named]
    values: dict[str, _Wording]


@dataclass(frozen=True, slots=True)
class Labels:
    """Titles of the dimensions and facts, words for codes, and for having none.

    `codes`: by dimension, fact or member of an answer; those of an open set (areas, bodies) have
    no words. `values`: `yes`, `no`, and `unknown` for a fact that is not recorded.
    """

    titles: Words
    facts: Words
    codes: Mapping[str, Words]
    unassigned: Words
    values: Words

    def code(self, name: str, code: str) -> Text:
        """The words for a code; one of an open set (an area, a body, a rule) is its own."""
        if code == UNASSIGNED_KEY:
            return self.unassigned[name]
        return self.codes[name].get(code) or Text(code, code)

    def fact(self, column: str, value: FactValue) -> Text:
        """A fact's value in words: a code, yes or no, a period or number, or that it is unknown."""
        if column in DIMENSIONS:
            return self.code(column, UNASSIGNED_KEY if value is None else str(value))
        if value is None:
            return self.values["unknown"]
        if isinstance(value, bool):
            return self.values["yes" if value else "no"]
        if isinstance(value, int):
            period = COLUMN_BY_NAME[column].period
            written = f"{value:,}" if period is None else period_name(period, value)
            return Text(written, written)
        return self.codes.get(column, {}).get(str(value)) or Text(str(value), str(value))

    def naming(self, name: str, words: Words) -> "Labels":
        """These labels, with words for the codes that the member `name` of answers holds."""
        return replace(self, codes={**self.codes, name: words})


def load_labels(root: Traversable | None = None) -> Labels:
    """Read the labels below `root` (the package's own by default).

    Raises `DefinitionError` naming the first dimension, fact or code without words, or words
    without one.
    """
    folder = (root or files("metrics_api.definitions")) / "labels"
    dimensions = _read(folder, DIMENSIONS_PATH, dict[str, _Named])
    facts = _read(folder, FACTS_PATH, _Facts)
    answers = _read(folder, ANSWERS_PATH, dict[str, dict[str, _Wording]])
    _same_names(DIMENSIONS_PATH, "dimension", set(dimensions), set(DIMENSIONS))
    for name, dimension in DIMENSIONS.items():
        _same_codes(DIMENSIONS_PATH, name, dimensions[name], dimension.codes)
    others = {column.name: column for column in COLUMNS if column.name not in DIMENSIONS}
    _same_names(FACTS_PATH, "fact", set(facts.facts), set(others))
    for name, column in others.items():
        _same_codes(FACTS_PATH, name, facts.facts[name], column.codes)
    _same_names(FACTS_PATH, "values", set(facts.values), {"yes", "no", "unknown"})
    everything = {**dimensions, **facts.facts}
    unassigned = read_texts("metrics_api", "tables")["unassigned"]
    return Labels(
        titles={name: _wording(it.title) for name, it in dimensions.items()},
        facts={name: _wording(it.title) for name, it in everything.items()},
        codes={
            **{name: _words(it.codes) for name, it in dimensions.items()},
            **{name: _words(it.codes) for name, it in facts.facts.items() if it.codes},
            **{name: _words(codes) for name, codes in answers.items()},
        },
        unassigned={
            name: _wording(it.unassigned) if it.unassigned else unassigned
            for name, it in dimensions.items()
        },
        values=_words(facts.values),
    )


def _read(folder: Traversable, path: str, shape: type[Read]) -> Read:
    try:
        text = (folder / path.rpartition("/")[2]).read_text("utf-8")
        return msgspec.convert(yaml.safe_load(text), shape)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError(path, str(error)) from error


def _wording(read: _Wording) -> Text:
    return Text(read.zh, read.en)


def _words(read: Mapping[str, _Wording]) -> Words:
    return {code: _wording(words) for code, words in read.items()}


def _same_codes(path: str, name: str, labelled: _Named, codes: tuple[str, ...]) -> None:
    _same_names(path, f"{name}: code", set(labelled.codes), set(codes))


def _same_names(path: str, what: str, labelled: set[str], counted: set[str]) -> None:
    for name in sorted(counted - labelled):
        raise DefinitionError(path, f"{what} {name!r} has no label")
    for name in sorted(labelled - counted):
        raise DefinitionError(path, f"{what} {name!r} is not counted")
