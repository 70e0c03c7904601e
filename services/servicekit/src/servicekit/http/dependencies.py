"""What routes of every service depend on: the services behind them, days, knowledge, language.

Each dependency is a coroutine even where it awaits nothing: FastAPI runs a plain function in a
thread, which costs more than a whole read.
"""

from collections import Counter
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request

from servicekit.errors.messages import preferred_language
from servicekit.errors.refusal import Refusal
from servicekit.errors.standard import (
    InsufficientScope,
    InvalidRequest,
    InvalidToken,
    UnknownParameter,
)
from servicekit.time.as_of import KNOWN_AT_PATTERN, AsOf, moment
from servicekit.time.civil_dates import CivilDate

T = TypeVar("T")

USUAL: tuple[type[Refusal], ...] = (
    InvalidToken,
    InsufficientScope,
    UnknownParameter,
    InvalidRequest,
)
"""What any route with a token and parameters can answer."""

ValidOn = Annotated[
    CivilDate | None, Query(description="Civil date (Asia/Shanghai), default today 有效日期")
]


KnownAt = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As known at a ledger position or RFC 3339 time; default now 知悉时点",
        json_schema_extra={"pattern": f"^({KNOWN_AT_PATTERN})$"},
    ),
]
"""What `moment` reads."""


async def _as_of(valid_on: ValidOn = None, known_at: KnownAt = None) -> AsOf:
    return AsOf(valid_on, moment(known_at))


async def _known_at(known_at: KnownAt = None) -> AsOf:
    return AsOf(None, moment(known_at))


AsOfQuery = Annotated[AsOf, Depends(_as_of)]
"""`valid_on` and `known_at`: a day, and a moment of our knowledge of it."""

KnownAtQuery = Annotated[AsOf, Depends(_known_at)]
"""`known_at` alone: a moment of our knowledge, of whatever day."""


async def _language(request: Request) -> str:
    return preferred_language(request.headers.get("accept-language"))


Language = Annotated[str, Depends(_language)]
"""The language "zh" or "en", by the request's Accept-Language."""


def provided(kind: type[T]) -> Any:
    """A dependency on what the composition root has made: on all of it, or on one of its parts.

    Args:
        kind: the class of the app's services (`Parts.services`), or the class of one part.

    Raises:
        KeyError: at the first request, when there is no such part or more than one.
    """

    async def provide(request: Request) -> T:
        instance: T = request.app.state.services[kind]
        return instance

    return Depends(provide)


def by_class(services: object) -> dict[type, Any]:
    """`services` and its parts by their class; parts that share a class are left out."""
    parts = vars(services).values()
    number = Counter(map(type, parts))
    return {type(services): services} | {
        type(part): part for part in parts if number[type(part)] == 1
    }
