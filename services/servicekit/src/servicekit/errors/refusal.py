"""How code says no: a typed refusal with a stable code, the facts, and each value at fault."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from servicekit.errors.messages import ProblemText, TextError, package_of_texts, read_problems


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

    Each kind is a class of its own, by convention in `core/refusals.py` of its service:

        class CodeTaken(Refusal):
            code = "code-taken"
            status = 409

    Its title and detail stand under `code` (or `text_key`) in `messages/problems.yaml` of the
    nearest package above; `facts` fill the detail's places and are members of the problem,
    `violations` list each value at fault, `headers` go with the answer. `retry_after` are seconds
    after which the same request may well succeed. A subclass without a code of its own is the same
    kind of problem, for instance with headers of its own.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    retry_after: ClassVar[int | None] = None
    text_key: ClassVar[str | None] = None

    def __init__(self, *violations: Violation, **facts: Any) -> None:
        super().__init__()
        self.facts = facts
        self.violations = violations
        self.headers: dict[str, str] = {}

    def with_headers(self, headers: Mapping[str, str] | None) -> Self:
        """The same refusal, answered with these headers too."""
        self.headers.update(headers or {})
        return self

    def __str__(self) -> str:
        listed = "; ".join(f"{v.pointer or '/'}: {v.rule} ({v.value!r})" for v in self.violations)
        return f"{self.code} {self.facts or ''} {listed}".strip()

    @property
    def text(self) -> ProblemText:
        """Its title and detail in both languages."""
        return text_of(type(self))


def text_of(kind: type[Refusal]) -> ProblemText:
    """The title and detail of a kind of refusal. Raises TextError when it has none."""
    package, key = _key(kind)
    try:
        return read_problems(package)[key]
    except KeyError:
        raise TextError(f"{package}: messages/problems.yaml lacks {key!r}") from None


def check_refusals(kinds: Iterable[type[Refusal]]) -> None:
    """Hold kinds of refusals and the texts of their packages to each other.

    Raises TextError for a refusal without text, a text without refusal, a refusal without status,
    and a code that two classes of one package claim.
    """
    claimed: dict[tuple[str, str], type[Refusal]] = {}
    for kind in kinds:
        text_of(kind)
        if not isinstance(getattr(kind, "status", None), int):
            raise TextError(f"{kind.__name__} has no status")
        key = _key(kind)
        if _declares(kind) and claimed.setdefault(key, kind) is not kind:
            raise TextError(f"{kind.__name__} and {claimed[key].__name__} are both {key[1]!r}")
    for package in {package for package, _ in claimed}:
        spare = [code for code in read_problems(package) if (package, code) not in claimed]
        if spare:
            raise TextError(f"{package}: no refusal has the texts {spare}")


def kinds_of_refusals() -> Iterator[type[Refusal]]:
    """Every kind of refusal that is imported."""
    waiting = list(Refusal.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if hasattr(kind, "code"):
            yield kind


def _declares(kind: type[Refusal]) -> bool:
    return "code" in vars(kind) or "text_key" in vars(kind)


def _key(kind: type[Refusal]) -> tuple[str, str]:
    """The package and the key of a kind's text: those of the class that declares its code."""
    origin = next(base for base in kind.__mro__ if issubclass(base, Refusal) and _declares(base))
    return package_of_texts(origin.__module__), origin.text_key or origin.code
