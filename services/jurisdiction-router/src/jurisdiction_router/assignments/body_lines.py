"""The bodies beneath a body: kinds of its line (`lines.yaml`), in its area and those below."""

from collections.abc import Mapping
from datetime import date

from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.core.rules.yaml_text import read_text

Lines = Mapping[str, frozenset[str]]
"""By kind of body: the kinds beneath it, at whatever depth."""


def read_lines(text: str) -> Lines:
    """Read the file of lines. Errors: `Refusal` for a file that cannot be read."""
    direct: dict[str, list[str]] = read_text(text).value
    return {kind: frozenset(_beneath(direct, kind)) for kind in direct}


def _beneath(direct: Mapping[str, list[str]], kind: str) -> set[str]:
    kinds: set[str] = set()
    waiting = [kind]
    while waiting:
        for below in direct.get(waiting.pop(), ()):
            if below not in kinds:
                kinds.add(below)
                waiting.append(below)
    return kinds


def with_subtree(lines: Lines, directory: Directory, body_id: str, day: date) -> list[str]:
    """Return the ids of a body and of those beneath it on a day; of itself alone if unknown."""
    top = directory.bodies.get(body_id)
    if top is None:
        return [body_id]
    view = directory.on(day)
    kinds = lines.get(top.kind, frozenset())
    beneath = [
        body.id
        for body in directory.bodies.values()
        if body.kind in kinds
        and holds_on(body, day)
        and top.area_code in view.path(body.area_code).codes()
    ]
    return sorted({body_id, *beneath})
