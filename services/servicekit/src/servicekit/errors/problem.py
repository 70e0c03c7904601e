"""RFC 9457 problems: what went wrong, where, why and how to mend it, in zh and en."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from servicekit.database.engines import is_unavailable
from servicekit.errors.messages import Text, preferred_language
from servicekit.errors.refusal import Refusal, Violation, check_refusals, kinds_of_refusals
from servicekit.errors.standard import (
    BadRequest,
    InsufficientScope,
    Internal,
    InvalidRequest,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    Unavailable,
)
from servicekit.errors.violations import from_pydantic

TYPE_BASE = "https://social-organizations.example/problems/"
"""Problem types are stable URIs; they name, and need not resolve."""

_LISTED = 500
"""Values at fault that one answer lists; a body of commas must not become megabytes of errors."""

_SHOWN = 200
"""Characters of a value at fault that are echoed: an error must not become a mirror."""

_EXACT = 2**53
"""Beyond it readers of JSON lose digits, and from 2^64 on the writer refuses."""

log = structlog.get_logger()


class InvalidValue(BaseModel):
    """One value at fault 出错的值."""

    model_config = ConfigDict(extra="forbid")
    pointer: str = Field(description="JSON pointer (RFC 6901) into what was sent 位置")
    rule: str = Field(description="Stable code of the rule that was broken 规则")
    value: Any = Field(description="The value found there 值")
    detail: str = Field(description="What is wrong and how to mend it 说明")


class ProblemDocument(BaseModel):
    """application/problem+json (RFC 9457) 错误说明."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(description="Stable URI of the kind of problem 错误类型")
    title: str = Field(description="The kind of problem in words 标题")
    status: int = Field(description="HTTP status 状态码")
    detail: str = Field(description="What happened here and how to mend it 说明")
    instance: str = Field(description="The request's path 请求路径")
    request_id: str | None = Field(description="Quote it when asking for help 请求编号")
    errors: list[InvalidValue] = Field(
        description=f"Each value at fault, the first {_LISTED} 出错的值"
    )


def install_problems(app: FastAPI, rules: Mapping[str, Text]) -> None:
    """Make every error of `app` a problem: refusals, invalid input, HTTP errors, and bugs.

    `rules` are the messages of broken rules. Raises TextError when a refusal has no words, or
    words have no refusal.
    """
    check_refusals(kinds_of_refusals())

    async def refusal(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return render(request, error, rules)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return render(request, invalid_input(error), rules)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = {404: NotFound, 405: MethodNotAllowed}.get(error.status_code, BadRequest)
        return render(request, kind().with_headers(error.headers), rules)

    async def bug(request: Request, error: Exception) -> Response:
        """Starlette calls this outside all middleware: the request's id is added by hand."""
        identifier = str(request.scope.get("request_id"))
        log.error("unhandled", request_id=identifier, path=request.url.path, exc_info=error)
        return render(request, Internal().with_headers({"x-request-id": identifier}), rules)

    async def database(request: Request, error: Exception) -> Response:
        if not is_unavailable(error):
            raise error
        log.warning("database_unavailable", path=request.url.path, error=repr(error))
        return render(request, Unavailable(), rules)

    app.add_exception_handler(Refusal, refusal)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    for kind in (DBAPIError, PoolTimeoutError, OSError, asyncpg.PostgresError):
        app.add_exception_handler(kind, database)
    app.add_exception_handler(Exception, bug)


def invalid_input(error: RequestValidationError) -> Refusal:
    """What FastAPI found wrong with a request, as a refusal."""
    malformed = any(item["type"] == "json_invalid" for item in error.errors())
    kind = MalformedJson if malformed else InvalidRequest
    return kind(*from_pydantic(error.errors()))


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an error of a route is, for who answers by other ways; None for a bug."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestValidationError):
        return invalid_input(error)
    return Unavailable() if is_unavailable(error) else None


def render(request: Request, refusal: Refusal, rules: Mapping[str, Text]) -> Response:
    """The refusal as an answer in the caller's language."""
    language = preferred_language(request.headers.get("accept-language"))
    text = refusal.text
    body = {
        "type": TYPE_BASE + refusal.code,
        "title": text.title.say(language),
        "status": refusal.status,
        "detail": text.detail.say(language, refusal.facts),
        "instance": request.url.path,
        "request_id": request.scope.get("request_id"),
        "errors": _errors(refusal.violations, language, rules),
        **{k: v for k, v in refusal.facts.items() if k not in ProblemDocument.model_fields},
    }
    headers = {
        "content-language": "en" if language == "en" else "zh-CN",
        "vary": "accept-language",
        **_challenge(refusal),
        **({"retry-after": str(wait)} if (wait := refusal.retry_after) else {}),
        **refusal.headers,
    }
    return Response(_encoded(body), refusal.status, headers, media_type="application/problem+json")


def _challenge(refusal: Refusal) -> dict[str, str]:
    """WWW-Authenticate (RFC 6750 section 3)."""
    if refusal.code == InsufficientScope.code:
        scope = refusal.facts.get("scope", "")
        return {"www-authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    if refusal.status != 401:
        return {}
    return {"www-authenticate": 'Bearer error="invalid_token"'}


def _encoded(body: dict[str, Any]) -> bytes:
    """The body's bytes, whatever a caller managed to put into it."""
    try:
        return orjson.dumps(body, default=str)
    except TypeError:  # half a surrogate pair in a text, or an integer beyond 64 bits
        return orjson.dumps(_writable(body))


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_writable(str(key)): _writable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(item) for item in value]
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, int) and -_EXACT < value < _EXACT:
        return value
    return str(value).encode("utf-8", "replace").decode()


def _errors(
    violations: Sequence[Violation], language: str, rules: Mapping[str, Text]
) -> list[dict[str, Any]]:
    return [
        {
            "pointer": violation.pointer,
            "rule": violation.rule,
            "value": _shortened(violation.value),
            "detail": explain(violation, language, rules),
        }
        for violation in violations[:_LISTED]
    ]


def explain(violation: Violation, language: str, rules: Mapping[str, Text]) -> str:
    """A violation in words; a rule without words of its own is named.

    Text that must match a pattern is told by the words that `rules` have for this pattern, if any.
    """
    message = rules.get(violation.facts.get("pattern", "")) or rules.get(violation.rule)
    facts = {"value": _shortened(violation.value), **violation.facts}
    if language == "zh" and violation.rule in {"literal_error", "enum"}:  # pydantic's own words
        facts["expected"] = str(facts.get("expected")).replace(" or ", ", ").replace(", ", "、")
    if message is None:
        message = Text("该值不符合规则 {rule}。", "The value breaks the rule {rule}.")
        facts["rule"] = violation.rule
    return message.say(language, facts)


def _shortened(value: Any) -> Any:
    """A value as errors echo it: what JSON can't say exactly, and what is no scalar, as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int) and -_EXACT < value < _EXACT:
        return value
    try:
        shown = value if isinstance(value, str) else str(value)
    except (RecursionError, ValueError):  # nested too deep, or more than 4,300 digits
        return "…"
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
