"""What differs between two rule sets: rule by rule, test by test, field by field.

Lists of things with an id (rules) or a name (tests) are compared by it, so that a rule that moved
in the file is no change; everything else is compared as a whole.
"""

from collections.abc import Mapping
from typing import Any, Final

_KEYED: Final = {"rules": "id", "tests": "name"}


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the differences between two contents (plain values of two files).

    `fields`: the file's own fields; `rules` and `tests`: what was added, removed, changed (with
    each field before and after). Equal contents give empty lists.
    """
    fields = _fields(before, after, skip=_KEYED)
    return {
        "fields": fields,
        **{
            name: _items(_by_key(before, name, key), _by_key(after, name, key))
            for name, key in _KEYED.items()
        },
    }


def _by_key(content: Mapping[str, Any], name: str, key: str) -> dict[str, Any]:
    return {str(item.get(key)): item for item in content.get(name) or ()}


def _items(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    both = [key for key in after if key in before]
    changed = [(key, _fields(before[key], after[key])) for key in both]
    return {
        "added": [after[key] for key in after if key not in before],
        "removed": [before[key] for key in before if key not in after],
        "changed": [{"key": key, "fields": fields} for key, fields in changed if fields],
    }


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any], skip: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    names = [*before, *(name for name in after if name not in before)]
    return [
        {"field": name, "before": before.get(name), "after": after.get(name)}
        for name in names
        if name not in (skip or {}) and before.get(name) != after.get(name)
    ]
