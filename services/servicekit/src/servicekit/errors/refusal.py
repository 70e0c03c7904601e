"""How code below the HTTP edge says no: a stable code and facts, never an HTTP status."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one value breaks.

    `pointer` is an RFC 6901 JSON pointer into what was sent ("" is the whole), `rule` a stable
    code with a message of its own, `value` what was found there (absent values are None) and
    `facts` what the message needs beside them.
    """

    pointer: str
    rule: str
    value: Any = None
    facts: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A request that is understood and can't be done; the caller can mend it.

    `code` names the kind of problem, `facts` fill its message, `violations` list each value at
    fault. The HTTP edge turns it into an RFC 9457 problem.
    """

    def __init__(self, code: str, *violations: Violation, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
        self.violations = violations

    def __str__(self) -> str:
        listed = "; ".join(f"{v.pointer or '/'}: {v.rule} ({v.value!r})" for v in self.violations)
        return f"{self.code} {self.facts or ''} {listed}".strip()
