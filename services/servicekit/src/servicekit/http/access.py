"""The dependency that says who may call a route: it checks token, scope and parameters."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from servicekit.auth.caller import Caller
from servicekit.auth.verifier import TokenVerifier
from servicekit.errors.standard import InsufficientScope, MissingToken
from servicekit.http.strict_query import refuse_unknown_parameters

_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    scheme_name="bearer",
    description="OAuth 2.0 access token (RFC 9068). 访问令牌。",
)


KNOWN_CALLER = "caller"
"""Member of a request's scope: who asks inside the process, such as the client of a job."""


def require(scope: str) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A FastAPI dependency: the caller, who must hold `scope`.

    It also holds the request to the parameters of its route, so that FastAPI has one dependency
    less to solve for each read. Raises Refusal: 401 without a valid token, 403 without the scope,
    400 for an unknown parameter.
    """

    async def caller(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Caller:
        earlier: Caller | None = request.scope.get(KNOWN_CALLER)
        verified = earlier or await _verified(request, credentials)
        if scope not in verified.scopes:
            raise InsufficientScope(scope=scope)
        await refuse_unknown_parameters(request)
        return verified

    caller.__name__ = f"require_{scope.replace(':', '_')}"
    return caller


async def _verified(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Caller:
    """The caller whose token came with `request`. Raises InvalidToken for none."""
    if credentials is None:
        raise MissingToken()
    verifier: TokenVerifier = request.app.state.verifier
    return await verifier.caller(credentials.credentials)
