"""Who looks at the dashboard: the access token in a cookie that only these pages are sent.

The cookie holds the very token the REST API takes, checked anew with every page (ADR 4): out of
reach of scripts (HttpOnly), sent by no other site (SameSite=Strict) and to no other path.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from metrics_api.core.formatting import Formatter, Language
from metrics_api.dashboard.dashboard import Dashboard
from metrics_api.dashboard.page_query import (
    COMPARISON,
    DUE,
    FORECAST,
    ORGANIZATION,
    ORGANIZATIONS,
    OVERVIEW,
)
from metrics_api.dashboard.pages.sign_in import ErrorMessage, error_page
from servicekit.auth import Caller, TokenVerifier
from servicekit.errors import (
    InsufficientScope,
    InvalidRequest,
    InvalidToken,
    Refusal,
    explain,
    preferred_language,
    read_rules,
    refusal_of,
)
from servicekit.http import provided

COOKIE = "metrics_dashboard"
COOKIE_PATH = OVERVIEW
SIGN_IN = f"{OVERVIEW}/sign-in"
SCOPE = "metrics:read"
MAX_TOKEN = 3800
"""Browsers keep cookies of at most 4,096 bytes with name and attributes."""

_PAGES = (OVERVIEW, ORGANIZATIONS, COMPARISON, FORECAST, DUE, ORGANIZATION)
_RULES = read_rules("metrics_api")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FIELDS = {
    "area": "area", "from": "compare_from", "indicator": "indicator", "until": "forecast_until",
    "valid_on": "date",
}  # fmt: skip
"""What the pages' forms call their parameters."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer (`ended`)."""

    def __init__(self, ended: bool) -> None:
        super().__init__("sign in")
        self.ended = ended


def page_language(request: Request) -> Language:
    """`lang` of the query where it names one, else the browser's."""
    chosen = request.query_params.get("lang")
    if chosen in {"zh", "en"}:
        return "en" if chosen == "en" else "zh"
    return "en" if preferred_language(request.headers.get("accept-language")) == "en" else "zh"


async def page_caller(request: Request) -> Caller:
    """Whoever is signed in. Raises `SignInNeeded`; Refusal where keys can't be had."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise SignInNeeded(ended=False)
    verifier: TokenVerifier = request.app.state.verifier
    try:
        caller = await verifier.caller(token)
    except InvalidToken as refusal:
        raise SignInNeeded(ended=True) from refusal
    if SCOPE not in caller.scopes:
        raise InsufficientScope(scope=SCOPE)
    request.state.caller = caller
    return caller


PageCaller = Annotated[Caller, Depends(page_caller)]
PageLanguage = Annotated[Language, Depends(page_language)]


def dashboard_of(request: Request) -> Dashboard:
    """The dashboard of this app."""
    dashboard: Dashboard = request.app.state.services[Dashboard]
    return dashboard


TheDashboard = Annotated[Dashboard, provided(Dashboard)]


class PageRoute(APIRoute):
    """A route for people: who must sign in is sent to do so, and what goes wrong is a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, its dependencies included, inside ours."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                response = await handle(request)
            except SignInNeeded as needed:
                return _to_sign_in(request, needed.ended)
            except Exception as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
                response = _error(request, refusal)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handled


def with_session(response: Response, request: Request, token: str, seconds: int) -> Response:
    """`response` with the token in the session's cookie, for as long as it is valid.

    Secure but on loopback: over plain HTTP on a network no browser keeps it.
    """
    response.set_cookie(
        COOKIE, token, max_age=seconds, path=COOKIE_PATH, httponly=True, samesite="strict",
        secure=not is_loopback(request),
    )  # fmt: skip
    return response


def without_session(response: Response) -> Response:
    """`response` that ends the session."""
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="strict")
    return response


def is_loopback(request: Request) -> bool:
    """Whether the browser speaks to this machine itself."""
    return (request.url.hostname or "") in _LOOPBACK


def is_encrypted(request: Request) -> bool:
    """Whether the browser came by https, here or at a proxy before us."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))


def from_our_pages(request: Request) -> bool:
    """Whether a form was sent by a page of ours: another site must not sign anybody in or out."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def safe_next(requested: str) -> str:
    """Where to go after signing in: one of our pages with its query, whatever was requested."""
    path, _, query = requested.partition("?")
    pairs = parse_qsl(query, max_num_fields=100) if query.count("&") < 100 else []
    return (path if path in _PAGES else OVERVIEW) + (f"?{urlencode(pairs)}" if pairs else "")


def other_language(request: Request, language: Language) -> str:
    """The address of this page in the other language."""
    other = "zh" if language == "en" else "en"
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return f"{request.url.path}?{urlencode([*pairs, ('lang', other)])}"


def _to_sign_in(request: Request, ended: bool) -> Response:
    """There, and back to this page afterwards; a page that only fetches is told 401."""
    if request.url.path not in _PAGES:
        return Response(status_code=401, headers={**HEADERS, "www-authenticate": "Bearer"})
    requested = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    pairs = {"next": safe_next(requested), "lang": page_language(request)}
    if ended:
        pairs["ended"] = "1"
    response = RedirectResponse(f"{SIGN_IN}?{urlencode(pairs)}", 303, headers=HEADERS)
    return without_session(response) if ended else response


def _field(pointer: str, formatter: Formatter) -> str:
    """What a page calls the parameter at `pointer`."""
    name = pointer.removeprefix("/")
    return formatter(_FIELDS[name]) if name in _FIELDS else name


def _error(request: Request, refusal: Refusal) -> Response:
    """A refusal as a page, in the words the REST API has for it."""
    language = page_language(request)
    dashboard = dashboard_of(request)
    formatter = dashboard.formatter(language)
    text = refusal.text
    invalid = isinstance(refusal, InvalidRequest)
    message = ErrorMessage(
        text.title.say(language),
        formatter("error_items") if invalid else text.detail.say(language, refusal.facts),
        [
            f"{_field(violation.pointer, formatter)}{formatter('colon')}"
            f"{explain(violation, language, _RULES)}"
            for violation in refusal.violations[:20]
        ],
        request.scope.get("request_id"),
    )
    caller = getattr(request.state, "caller", None)
    other = other_language(request, language)
    page = error_page(dashboard.parts, language, message, caller, other)
    return HTMLResponse(page, refusal.status, headers=refusal.headers)
