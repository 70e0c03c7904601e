"""What a route can refuse: derived from the refusals that its verbs declare."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar, runtime_checkable

from servicekit.errors.messages import ProblemText
from servicekit.errors.refusal import Refusal, text_of

F = TypeVar("F", bound=Callable[..., Any])


@runtime_checkable
class Verb(Protocol):
    """A class or a function that names in `refusals` what it refuses."""

    refusals: "Iterable[Declared]"


Declared = type[Refusal] | Verb | Iterable[Any] | Callable[..., Any]
"""A kind of refusal, a verb, or several of them."""


def refuses(*declared: Declared) -> Callable[[F], F]:
    """Decorator: declare what a function or a method refuses, itself and by what it calls."""

    def declare(function: F) -> F:
        vars(function)["refusals"] = declared
        return function

    return declare


def responses(*declared: Declared) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that can refuse what is declared.

    Args:
        declared: kinds of refusals, verbs that name theirs, and tuples of both, such as `USUAL`.

    Raises:
        TypeError: for a verb that declares nothing.
        TextError: for a refusal without words.
    """
    by_status: dict[int, dict[str, tuple[ProblemText, int | None]]] = {}
    for kind in kinds(declared):
        of_status = by_status.setdefault(kind.status, {})
        of_status.setdefault(kind.code, (text_of(kind), kind.retry_after))
    return {
        status: {
            "description": " · ".join(
                f"`{code}` {text.title.en} {text.title.zh}" for code, (text, _) in of_status.items()
            ),
            **(_retry_after() if any(wait for _, wait in of_status.values()) else {}),
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"}
                }
            },
        }
        for status, of_status in by_status.items()
    }


def _retry_after() -> dict[str, Any]:
    return {"headers": {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}}


def kinds(declared: Iterable[Declared]) -> Iterator[type[Refusal]]:
    """Each kind of refusal in what is declared, in this order."""
    for item in declared:
        if isinstance(item, type) and issubclass(item, Refusal):
            yield item
        elif isinstance(item, Verb):
            yield from kinds(item.refusals)
        elif isinstance(item, Iterable):
            yield from kinds(item)
        else:
            raise TypeError(f"{item!r} declares no refusals")
