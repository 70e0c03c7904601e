"""Sparse documents: the members of a document that a caller asks for, in their usual places."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from registry_api.core.organization.columns import columns
from registry_api.core.refusals import UnknownField
from servicekit.errors import Violation, refuses

_ALWAYS = ("id", "revision")
Tree = Mapping[str, "Tree | None"]
"""Members to keep; None keeps a member whole."""


@dataclass(frozen=True, slots=True)
class FieldSelection:
    """Some members of the organization's document."""

    tree: Tree

    def project(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with these members only; an object that is null stays null."""
        return _project(document, self.tree)


@refuses(UnknownField)
def parse_fields(text: str) -> FieldSelection:
    """`credit_code,party.full_members` as a selection; `id` and `revision` are always in it.

    A name may be a leaf or an object. Raises UnknownField with each name that is none.
    """
    requested = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in dict.fromkeys(requested) if name not in _known()]
    if unknown:
        raise UnknownField(*(Violation("/fields", "unknown_field", name) for name in unknown))
    tree: dict[str, Any] = dict.fromkeys(_ALWAYS)
    for name in sorted(requested):  # an object comes before its members, and swallows them
        _add(tree, name.split("."))
    return FieldSelection(tree)


def _add(tree: dict[str, Any], path: list[str]) -> None:
    *parents, last = path
    for key in parents:
        below = tree.setdefault(key, {})
        if below is None:
            return
        tree = below
    tree[last] = None


@cache
def _known() -> frozenset[str]:
    known = set(_ALWAYS)
    for column in columns():
        known |= {".".join(column.path[:depth]) for depth in range(1, len(column.path) + 1)}
    return frozenset(known)


def _project(value: Mapping[str, Any], tree: Tree) -> dict[str, Any]:
    return {
        key: _project(value[key], below) if below is not None and value[key] is not None
        else value[key]
        for key, below in tree.items()
    }  # fmt: skip
