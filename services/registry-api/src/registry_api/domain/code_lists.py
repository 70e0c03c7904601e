"""Coded values with zh and en labels, read once from `data/code_lists.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from servicekit.errors import Text


@dataclass(frozen=True, slots=True)
class CodeList:
    """The values of one coded field; `words` maps code, labels and aliases to the code."""

    name: str
    title: Text
    values: Mapping[str, Text]
    words: Mapping[str, str]

    def code(self, word: str) -> str | None:
        """The code that `word` (code, zh or en label, alias; any case) stands for, or None."""
        return self.words.get(word.casefold())


@cache
def code_lists() -> dict[str, CodeList]:
    """All code lists, by name."""
    source = files("registry_api").joinpath("data/code_lists.yaml").read_text("utf-8")
    return {name: _read(name, raw) for name, raw in yaml.safe_load(source).items()}


def _read(name: str, raw: dict[str, Any]) -> CodeList:
    values: dict[str, Text] = {}
    words: dict[str, str] = {}
    for code, entry in raw["values"].items():
        values[code] = Text(entry["zh"], entry["en"])
        for word in (code, entry["zh"], entry["en"], *entry.get("aliases", ())):
            known = words.setdefault(word.casefold(), code)
            if known != code:
                raise ValueError(f"code list {name}: {word} means both {known} and {code}")
    return CodeList(name, Text(**raw["title"]), values, words)


@dataclass(frozen=True, slots=True)
class Coded:
    """Annotation of a field whose value comes from a code list."""

    list: str

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """A literal of the list's codes, checked at the speed of a built-in type."""
        return core_schema.literal_schema(list_codes(self.list))


def list_codes(name: str) -> list[Any]:
    """The codes of a list, in the order of the data file."""
    return [*code_lists()[name].values]
