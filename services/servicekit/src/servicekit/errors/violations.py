"""pydantic's errors as violations; the words of their rules are in `messages/rules.yaml`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from servicekit.errors.refusal import Violation


def from_pydantic(errors: Iterable[Mapping[str, Any]] | Sequence[Any]) -> list[Violation]:
    """Pydantic's errors as violations; a body's pointer starts at the body itself.

    Where a body is no JSON at all, pydantic's location is an offset, which is no pointer.
    """
    return [
        Violation(
            pointer="" if error["type"] == "json_invalid" else _pointer(error["loc"]),
            rule=error["type"],
            value=None if error["type"] == "missing" else error.get("input"),
            facts={k: str(v) for k, v in (error.get("ctx") or {}).items()},
        )
        for error in errors
    ]


def _pointer(location: Sequence[str | int]) -> str:
    """("body", "party", 0) → /party/0; ("query", "limit") → /limit."""
    if location and location[0] in {"body", "query", "path", "header"}:
        location = location[1:]
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location]
    return "".join(f"/{part}" for part in parts)
