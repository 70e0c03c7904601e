"""Makes a record the same on every run: ids, times, digests and cursors get names of their own."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+\d\d:\d\d)")
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+")
_CURSORS = ("cursor", "next_cursor")
_BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)

LISTED = 3
"""Items that a list in an answer keeps."""

TEXT = 1500
"""Characters that a text keeps."""


class Names:
    """What was met so far, each with the name it got; the same thing has one name everywhere."""

    def __init__(self, today: str, hosts: dict[str, str]) -> None:
        self._today = today
        self._hosts = hosts
        self._times: dict[str, str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def learn_times(self, value: Any) -> None:
        """Times keep their order, so all must be known before the first is named."""
        found = set(_TIME.findall(str(value))) | set(self._times)
        ordered = sorted(found, key=datetime.fromisoformat)
        self._times = {
            text: (_BEGIN + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
            for number, text in enumerate(ordered)
        }

    def stable(self, value: Any, member: str = "") -> Any:
        """The value with everything in it that differs from run to run replaced."""
        if isinstance(value, dict):
            return {
                self.stable(name): self.stable(inner, str(name)) for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.stable(inner) for inner in value]
        if not isinstance(value, str):
            return value
        if member in _CURSORS:
            return self._name("cursor", value, _cursor)
        return self._in_text(value)

    def _in_text(self, text: str) -> str:
        text = _TIME.sub(lambda found: self._times[found[0]], text)
        text = _UUID.sub(lambda found: self._name("id", found[0], _identifier), text)
        text = _DIGEST.sub(lambda found: self._name("digest", found[0], _digest), text)
        text = _LOOPBACK.sub(lambda found: self._hosts.get(found[0], found[0]), text)
        return text.replace(self._today, _BEGIN.date().isoformat())

    def _name(self, kind: str, value: str, make: Callable[[int], str]) -> str:
        if (kind, value) not in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[kind, value] = make(self._counts[kind])
        return self._known[kind, value]


def shortened(value: Any) -> Any:
    """Lists cut to their first items and texts to their beginning, at any depth."""
    if isinstance(value, dict):
        return {name: shortened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shortened(inner) for inner in value[:LISTED]]
    if isinstance(value, str) and len(value) > TEXT:
        return value[:TEXT] + "…"
    return value


def _identifier(number: int) -> str:
    return f"0198c0de-0000-7000-8000-{number:012x}"


def _digest(number: int) -> str:
    return hashlib.sha256(f"example {number}".encode()).hexdigest()


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"example cursor {number}".encode()).decode().rstrip("=")
