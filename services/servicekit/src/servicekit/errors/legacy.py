"""What refusals were before they had classes; goes when no service imports it any more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from servicekit.errors.messages import ProblemText, Text
from servicekit.errors.refusal import Refusal, Violation, text_of
from servicekit.errors.standard import (
    BadRequest,
    IdempotencyConflict,
    InsufficientScope,
    Internal,
    InvalidCursor,
    InvalidRequest,
    InvalidToken,
    KeysUnavailable,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    OutsideAreas,
    PayloadTooLarge,
    PositionAhead,
    PreconditionFailed,
    PreconditionRequired,
    TooManyJobs,
    TooManyRequests,
    Unavailable,
    UnknownParameter,
)


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem that is no class yet."""

    slug: str
    status: int
    title: Text
    detail: Text
    retry_after: int | None = None


class Problem(Refusal):
    """A refusal by its problem type."""

    def __init__(
        self,
        type_: ProblemType,
        *violations: Violation,
        facts: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(*violations, **(facts or {}))
        self.headers.update(headers or {})
        self.type = type_
        vars(self).update(code=type_.slug, status=type_.status, retry_after=type_.retry_after)

    @property
    def text(self) -> ProblemText:
        """The words of the type."""
        return ProblemText(self.type.title, self.type.detail)


@dataclass(frozen=True)
class ErrorTable:
    """A service's problem types by code, and its messages by rule."""

    types: Mapping[str, ProblemType]
    rules: Mapping[str, Text] = field(default_factory=dict)


def _type_of(kind: type[Refusal]) -> ProblemType:
    text = text_of(kind)
    return ProblemType(kind.code, kind.status, text.title, text.detail, kind.retry_after)


UNAUTHORIZED = _type_of(InvalidToken)
FORBIDDEN = _type_of(InsufficientScope)
OUTSIDE_AREAS = _type_of(OutsideAreas)
KEYS_UNAVAILABLE = _type_of(KeysUnavailable)
NOT_FOUND = _type_of(NotFound)
METHOD_NOT_ALLOWED = _type_of(MethodNotAllowed)
BAD_REQUEST = _type_of(BadRequest)
MALFORMED_JSON = _type_of(MalformedJson)
INVALID_REQUEST = _type_of(InvalidRequest)
UNKNOWN_PARAMETER = _type_of(UnknownParameter)
INVALID_CURSOR = _type_of(InvalidCursor)
PAYLOAD_TOO_LARGE = _type_of(PayloadTooLarge)
PRECONDITION_REQUIRED = _type_of(PreconditionRequired)
PRECONDITION_FAILED = _type_of(PreconditionFailed)
IDEMPOTENCY_CONFLICT = _type_of(IdempotencyConflict)
AHEAD_OF_HEAD = _type_of(PositionAhead)
TOO_MANY_REQUESTS = _type_of(TooManyRequests)
TOO_MANY_JOBS = _type_of(TooManyJobs)
UNAVAILABLE = _type_of(Unavailable)
INTERNAL = _type_of(Internal)

_KINDS = {
    kind.code: kind
    for kind in (
        InvalidToken,
        InsufficientScope,
        OutsideAreas,
        KeysUnavailable,
        NotFound,
        MethodNotAllowed,
        BadRequest,
        MalformedJson,
        InvalidRequest,
        UnknownParameter,
        InvalidCursor,
        PayloadTooLarge,
        PreconditionRequired,
        PreconditionFailed,
        IdempotencyConflict,
        PositionAhead,
        TooManyRequests,
        TooManyJobs,
        Unavailable,
        Internal,
    )
}
STANDARD = {code: _type_of(kind) for code, kind in _KINDS.items()}


def typed(refusal: Refusal, table: ErrorTable | None) -> Refusal:
    """A refusal with status and words, whichever way it was raised."""
    of_service = table.types if table else {}
    if type(refusal) is Refusal and refusal.code in of_service:
        type_ = of_service[refusal.code]
        return Problem(type_, *refusal.violations, facts=refusal.facts)
    is_standard = isinstance(refusal, Problem) and refusal.type == STANDARD.get(refusal.code)
    if type(refusal) is Refusal or is_standard:
        kind = _KINDS[refusal.code]
        return kind(*refusal.violations, **refusal.facts).with_headers(refusal.headers)
    return refusal
