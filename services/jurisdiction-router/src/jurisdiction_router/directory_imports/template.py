"""The table of the directory to fill in, and the directory as such a table."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.directory_imports.table import COLUMNS, table_rows

_NOTHING: Final[dict[str, Any]] = {
    "valid_until": None, "former_names": [], "codes": [], "successors": [], "successor": None,
    "system": None,
}  # fmt: skip
_EXAMPLES: Final[list[tuple[str, dict[str, Any]]]] = [
    ("area", {
        **_NOTHING, "code": "440303091", "name": "大塘街道", "level": "street",
        "parents": [{"parent": "440303", "valid_from": "2027-01-01", "valid_until": None}],
        "valid_from": "2027-01-01",
    }),
    ("body", {
        **_NOTHING, "id": "440303091-street_work_committee", "kind": "street_work_committee",
        "name": "大塘街道党工委", "area_code": "440303091", "valid_from": "2027-01-01",
    }),
    ("body", {
        **_NOTHING, "id": "440303-industry_committee-finance", "kind": "industry_committee",
        "name": "罗湖区会计行业党委", "area_code": "440303", "system": "finance",
        "valid_from": "2027-01-01",
        "former_names": [{"name": "罗湖区会计行业党总支", "until": "2028-01-01"}],
    }),
]  # fmt: skip
"""Rows of the template: of a time to come, so that nobody takes them for the city's."""


def template_table(language: str, vocabulary: Vocabulary) -> Iterator[list[str]]:
    """The header, and an area and two bodies to write over."""
    return directory_table(_EXAMPLES, language, vocabulary)


def directory_table(
    items: Iterable[tuple[str, Mapping[str, Any]]], language: str, vocabulary: Vocabulary
) -> Iterator[list[str]]:
    """The header, and areas and bodies as ("area" or "body", document)."""
    yield [column.header.say(language) for column in COLUMNS]
    yield from table_rows(items, vocabulary, language)
