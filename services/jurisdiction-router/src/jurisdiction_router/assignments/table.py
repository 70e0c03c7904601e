"""The columns of exported assignments."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from servicekit.tables import Column, TableForm, table_form

Document = Mapping[str, Any]


def _field(name: str) -> Callable[[Document], object]:
    return lambda document: document[name]


def _body_field(name: str) -> Callable[[Document], object]:
    return lambda document: (document["supervising"] or {}).get(name)


def _line(document: Document) -> str:
    return orjson.dumps(document).decode()


COLUMNS: Final[tuple[Column[Document], ...]] = (
    Column("organization_id", _field("organization_id")),
    Column("area", _field("area")),
    Column("valid_from", _field("valid_from")),
    Column("valid_until", _field("valid_until")),
    Column("outcome", _field("outcome")),
    Column("body_id", _body_field("id")),
    Column("body_kind", _body_field("kind")),
    Column("body_name", _body_field("name")),
    Column("rule_set", _field("rule_set")),
    Column("rule", _field("rule")),
    Column("basis", _field("basis")),
    Column("flags", lambda document: " ".join(document["flags"])),
    Column("decision", _field("decision")),
)
FORM: Final[TableForm[Document]] = table_form(COLUMNS, line=_line)
