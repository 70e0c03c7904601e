"""`/dashboard`: pages for people, behind a sign-in; nothing here counts."""

import time
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BeforeValidator

from metrics_api.api.charts import MOST_POINTS, svg
from metrics_api.api.dashboard_files import FileForm, answer_file, list_file
from metrics_api.api.dashboard_session import (
    MOST_TOKEN,
    SCOPE,
    SIGN_IN,
    PageCaller,
    PageLanguage,
    PageRoute,
    TheSite,
    from_our_pages,
    is_encrypted,
    is_loopback,
    other_language,
    page_language,
    safe_next,
    site_of,
    with_session,
    without_session,
)
from metrics_api.api.errors import CROSS_SITE
from metrics_api.api.forecast_members import AskedMonth, AskedStates
from metrics_api.api.parameters import Filters, coverage_filters
from metrics_api.counting.comparison_count import Change
from metrics_api.counting.members import Part
from metrics_api.dashboard.overview import TREND_POINTS
from metrics_api.dashboard.page_query import (
    CHARTS,
    COMPARISON,
    DUE,
    FORECAST,
    ORGANIZATION,
    ORGANIZATIONS,
    OVERVIEW,
    DueQuery,
    PageQuery,
    Sort,
)
from metrics_api.dashboard.pages import ASSETS
from metrics_api.dashboard.reading import Reading
from metrics_api.dashboard.site import FRESHNESS, Site
from metrics_api.dashboard.speech import Language
from metrics_api.dashboard.trend import Step
from metrics_api.domain.forecasts import WORK
from servicekit.auth import TokenVerifier
from servicekit.errors import NOT_FOUND, UNAUTHORIZED, Problem
from servicekit.http import CursorText, refuse_unknown_parameters
from servicekit.time import CivilDate

PageDate = Annotated[CivilDate | None, BeforeValidator(lambda sent: sent or None)]
"""A date of a form, which may be left empty; else the dates that the REST API takes."""

_KEPT_FOR_EVER = "public, max-age=31536000, immutable"


async def page_query(
    request: Request,
    site: TheSite,
    filters: Annotated[Filters, Depends(coverage_filters)],
    indicator: str | None = None,
    valid_on: PageDate = None,
    step: Step = "month",
    sort: Sort = "missing",
    lang: Language | None = None,
) -> PageQuery:
    """What a page is asked; a field that a form left empty asks nothing."""
    return PageQuery(
        indicator=indicator or site.first_indicator,
        language=lang,
        valid_on=valid_on,
        filters=filters,
        step=step,
        sort=sort,
    )


Asked = Annotated[PageQuery, Depends(page_query)]


async def page_reading(
    request: Request, site: TheSite, caller: PageCaller, language: PageLanguage, asked: Asked
) -> Reading:
    """Who reads which page; addresses of the same page keep what it asks beside the question."""
    known = {"cursor", *(name for name, _ in asked.pairs())}
    sent = request.query_params.multi_items()
    kept = "".join(f"&{urlencode([it])}" for it in sent if it[1] and it[0] not in known)
    other = other_language(request, language)
    return site.reading(asked, request.url.path, language, caller, other, kept)


Read = Annotated[Reading, Depends(page_reading)]


def dashboard_router() -> APIRouter:
    """The pages; they are no part of the API's specification."""
    router = APIRouter(
        route_class=PageRoute,
        include_in_schema=False,
        dependencies=[Depends(refuse_unknown_parameters)],
    )
    router.add_api_route(OVERVIEW, overview, methods=["GET"])
    router.add_api_route(ORGANIZATIONS, organizations, methods=["GET"])
    router.add_api_route(f"{ORGANIZATIONS}/file", organizations_file, methods=["GET"])
    router.add_api_route(COMPARISON, comparison, methods=["GET"])
    router.add_api_route(f"{COMPARISON}/file", comparison_file, methods=["GET"])
    router.add_api_route(FORECAST, forecast, methods=["GET"])
    router.add_api_route(f"{FORECAST}/file", forecast_file, methods=["GET"])
    router.add_api_route(DUE, due, methods=["GET"])
    router.add_api_route(f"{DUE}/file", due_file, methods=["GET"])
    router.add_api_route(ORGANIZATION, organization, methods=["GET"])
    router.add_api_route(FRESHNESS, freshness, methods=["GET"])
    router.add_api_route(f"{CHARTS}/bars.svg", bars, methods=["GET"])
    router.add_api_route(f"{CHARTS}/trend.svg", trend, methods=["GET"])
    router.add_api_route(SIGN_IN, sign_in, methods=["GET"])
    router.add_api_route(f"{OVERVIEW}/session", begin_session, methods=["POST"])
    router.add_api_route(f"{OVERVIEW}/sign-out", end_session, methods=["POST"])
    router.add_api_route(f"{ASSETS}/{{digest}}/{{name}}", asset, methods=["GET"])
    return router


async def overview(
    site: TheSite, caller: PageCaller, language: PageLanguage, asked: Asked
) -> Response:
    """How far coverage is, and what is missing."""
    return HTMLResponse(await site.overview(asked, language, caller))


async def organizations(
    site: TheSite,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    part: Part = "gap",
    cursor: CursorText = None,
) -> Response:
    """The organizations behind a figure: the work list."""
    return HTMLResponse(await site.organizations(asked, part, cursor, language, caller))


async def organization(
    site: TheSite,
    reading: Read,
    id: UUID,  # noqa: A002
) -> Response:
    """How one organization stands in every indicator, and why."""
    return HTMLResponse(await site.further.organization(reading, id))


async def comparison(
    site: TheSite,
    reading: Read,
    first: Annotated[PageDate, Query(alias="from")] = None,
    change: Change | None = None,
    cursor: CursorText = None,
) -> Response:
    """Two days, and who made the difference."""
    return HTMLResponse(await site.further.comparison(reading, first, change, cursor))


async def forecast(site: TheSite, reading: Read, until: PageDate = None) -> Response:
    """What falls due until a day, and what is overdue."""
    return HTMLResponse(await site.forecasts.forecast(reading, until))


async def due_query(
    site: TheSite,
    asked: Asked,
    obligation: str,
    until: PageDate = None,
    state: AskedStates = None,
    month: AskedMonth = None,
) -> DueQuery:
    """Which number of the forecast a list is behind."""
    end = site.forecasts.until(asked, until)
    return DueQuery(obligation, end, tuple(dict.fromkeys(state or WORK)), month)


AskedDue = Annotated[DueQuery, Depends(due_query)]


async def due(
    site: TheSite, reading: Read, listed: AskedDue, cursor: CursorText = None
) -> Response:
    """The organizations behind a number of the forecast."""
    return HTMLResponse(await site.forecasts.due(reading, listed, cursor))


async def organizations_file(
    site: TheSite,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    part: Part = "gap",
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """The whole list, to be worked through in a spreadsheet."""
    whole = await site.every_organization(asked, part, language, caller)
    return await list_file(whole, format, site.speech(language))


async def comparison_file(
    request: Request,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    first: Annotated[CivilDate, Query(alias="from")],
    change: Change,
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """All organizations of one change, and by which facts."""
    days = {"from": first, "to": asked.valid_on, "change": change, "limit": 1000}
    path = "/v1/coverage/comparison/members"
    wanted = asked.answer(path, indicator=asked.indicator, **days)
    state = request.app.state
    return await answer_file(state.own_answers, caller, wanted, format, language, state.labels)


async def forecast_file(
    request: Request,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    until: CivilDate,
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """What falls due until a day, by area."""
    state = request.app.state
    level = state.site.forecasts.level(asked)
    wanted = asked.answer("/v1/forecast", until=until, valid_on=asked.valid_on, group_by=level)
    return await answer_file(state.own_answers, caller, wanted, format, language, state.labels)


async def due_file(
    request: Request,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    listed: AskedDue,
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """All organizations behind a number of the forecast."""
    wanted = asked.answer(
        "/v1/forecast/members",
        obligation=listed.obligation,
        until=listed.until,
        state=listed.states,
        month=listed.month,
        valid_on=asked.valid_on,
        limit=1000,
    )
    state = request.app.state
    return await answer_file(state.own_answers, caller, wanted, format, language, state.labels)


async def freshness(
    site: TheSite,
    caller: PageCaller,
    language: PageLanguage,
    lang: Language | None = None,
) -> Response:
    """How fresh the data are, for a page that stays open."""
    return JSONResponse(await site.fresh(language))


async def bars(
    site: TheSite,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    group_by: Annotated[str, Query()],
) -> Response:
    """A breakdown as a file for a document."""
    request = asked.request(asked.indicator, None, caller.areas, group_by)
    return svg(await site.charts.bars(request, language), language)


async def trend(
    site: TheSite,
    caller: PageCaller,
    language: PageLanguage,
    asked: Asked,
    points: Annotated[int, Query(ge=1, le=MOST_POINTS)] = TREND_POINTS,
) -> Response:
    """The line as a file for a document."""
    request = asked.request(asked.indicator, None, caller.areas)
    return svg(await site.charts.trend(request, asked.step, points, language), language)


async def sign_in(
    request: Request,
    site: TheSite,
    language: PageLanguage,
    next: str = OVERVIEW,  # noqa: A002
    ended: Literal["1"] | None = None,
    lang: Language | None = None,
) -> Response:
    """The form that asks for a token."""
    failure = site.speech(language)("session_ended") if ended else None
    return _form(request, language, next, failure)


async def begin_session(request: Request, site: TheSite) -> Response:
    """Check the token, put it into the session, and go on to the page that was asked for."""
    sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    token = sent.get("token", [""])[0].strip().removeprefix("Bearer ").strip()
    next_ = safe_next(sent.get("next", [OVERVIEW])[0])
    language: Language = "en" if sent.get("lang", [page_language(request)])[0] == "en" else "zh"
    speech = site.speech(language)
    if not from_our_pages(request):
        raise Problem(CROSS_SITE)
    if not token:
        return _form(request, language, next_, speech("token_missing"), 422)
    if len(token) > MOST_TOKEN:
        return _form(request, language, next_, speech("token_long"), 422)
    verifier: TokenVerifier = request.app.state.verifier
    try:
        caller, expires = await verifier.caller_until(token)
    except Problem as problem:
        if problem.type is not UNAUTHORIZED:
            raise
        failure = speech("token_invalid", why=problem.facts.get("why", ""))
        return _form(request, language, next_, failure, 401)
    if SCOPE not in caller.scopes:
        return _form(request, language, next_, speech("token_scope"), 403)
    seconds = max(1, int(expires - time.time()))
    return with_session(RedirectResponse(next_, 303), request, token, seconds)


async def end_session(request: Request, site: TheSite) -> Response:
    """Forget the token."""
    if not from_our_pages(request):
        raise Problem(CROSS_SITE)
    return without_session(RedirectResponse(SIGN_IN, 303))


async def asset(site: TheSite, digest: str, name: str) -> Response:
    """A style sheet, script or icon; they hold no data and need no session."""
    found = site.assets.get(name)
    if found is None or found.address != f"{ASSETS}/{digest}/{name}":
        raise Problem(NOT_FOUND)
    headers = {"cache-control": _KEPT_FOR_EVER}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _form(
    request: Request, language: Language, next_: str, failure: str | None, status: int = 200
) -> Response:
    site: Site = site_of(request)
    unencrypted = not (is_encrypted(request) or is_loopback(request))
    other = other_language(request, language)
    if request.method != "GET":
        other = SIGN_IN
    page = site.sign_in(language, safe_next(next_), failure, unencrypted, other)
    headers: dict[str, Any] = {"www-authenticate": "Bearer"} if status == 401 else {}
    return HTMLResponse(page, status, headers=headers)
