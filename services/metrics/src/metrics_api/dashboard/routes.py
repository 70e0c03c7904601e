"""`/dashboard`: pages for people, behind a sign-in; nothing here counts."""

import time
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BeforeValidator

from metrics_api.answers.ask import Ask
from metrics_api.answers.parameters import Filters, coverage_filters
from metrics_api.charts.routes import MAX_POINTS, svg
from metrics_api.charts.trend import Step
from metrics_api.core.definitions.forecasts import WORK
from metrics_api.core.formatting import Language
from metrics_api.core.refusals import CrossSiteForm
from metrics_api.counting.comparison_count import Change
from metrics_api.counting.members import Part
from metrics_api.dashboard.files import FileForm, answer_file, list_file
from metrics_api.dashboard.page_context import PageContext
from metrics_api.dashboard.page_query import (
    CHARTS,
    COMPARISON,
    DUE,
    FORECAST,
    FRESHNESS,
    ORGANIZATION,
    ORGANIZATIONS,
    OVERVIEW,
    DueQuery,
    PageQuery,
    Sort,
)
from metrics_api.dashboard.pages.freshness import freshness_document
from metrics_api.dashboard.pages.read_overview import TREND_POINTS
from metrics_api.dashboard.pages.sign_in import sign_in_page
from metrics_api.dashboard.rendering import ASSETS
from metrics_api.dashboard.session import (
    MAX_TOKEN,
    SCOPE,
    SIGN_IN,
    PageCaller,
    PageLanguage,
    PageRoute,
    TheDashboard,
    dashboard_of,
    from_our_pages,
    is_encrypted,
    is_loopback,
    other_language,
    page_language,
    safe_next,
    with_session,
    without_session,
)
from metrics_api.forecast.parameters import MonthParameter, StatesParameter
from servicekit.auth import TokenVerifier
from servicekit.errors import InvalidToken, NotFound
from servicekit.http import CursorText, refuse_unknown_parameters
from servicekit.time import CivilDate

PageDate = Annotated[CivilDate | None, BeforeValidator(lambda sent: sent or None)]
"""A date of a form, which may be left empty; else the dates that the REST API takes."""

_KEPT_FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Depends(refuse_unknown_parameters)],
)
"""The pages; they are no part of the API's specification."""


async def page_query(
    request: Request,
    dashboard: TheDashboard,
    filters: Annotated[Filters, Depends(coverage_filters)],
    indicator: str | None = None,
    valid_on: PageDate = None,
    step: Step = "month",
    sort: Sort = "missing",
    lang: Language | None = None,
) -> PageQuery:
    """What a page is asked; a field that a form left empty asks nothing."""
    return PageQuery(
        indicator=indicator or dashboard.first_indicator,
        language=lang,
        valid_on=valid_on,
        filters=filters,
        step=step,
        sort=sort,
    )


PageQueryParameters = Annotated[PageQuery, Depends(page_query)]


async def context(
    request: Request,
    dashboard: TheDashboard,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
) -> PageContext:
    """Who reads which page; addresses of the same page keep what it asks beside the question."""
    known = {"cursor", *(name for name, _ in query.pairs())}
    parameters = request.query_params.multi_items()
    extra = "".join(f"&{urlencode([it])}" for it in parameters if it[1] and it[0] not in known)
    other = other_language(request, language)
    return dashboard.context(query, request.url.path, language, caller, other, extra)


Context = Annotated[PageContext, Depends(context)]


@router.get(OVERVIEW)
async def overview(
    dashboard: TheDashboard, caller: PageCaller, language: PageLanguage, query: PageQueryParameters
) -> Response:
    """How far coverage is, and what is missing."""
    return HTMLResponse(await dashboard.overview.render(query, language, caller))


@router.get(ORGANIZATIONS)
async def organizations(
    dashboard: TheDashboard,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    part: Part = "gap",
    cursor: CursorText = None,
) -> Response:
    """The organizations behind a figure: the work list."""
    return HTMLResponse(await dashboard.organizations.render(query, part, cursor, language, caller))


@router.get(ORGANIZATION)
async def organization(
    dashboard: TheDashboard,
    page: Context,
    id: UUID,  # noqa: A002
) -> Response:
    """How one organization stands in every indicator, and why."""
    return HTMLResponse(await dashboard.organization.render(page, id))


@router.get(COMPARISON)
async def comparison(
    dashboard: TheDashboard,
    page: Context,
    first: Annotated[PageDate, Query(alias="from")] = None,
    change: Change | None = None,
    cursor: CursorText = None,
) -> Response:
    """Two days, and who made the difference."""
    return HTMLResponse(await dashboard.comparison.render(page, first, change, cursor))


@router.get(FORECAST)
async def forecast(dashboard: TheDashboard, page: Context, until: PageDate = None) -> Response:
    """What falls due until a day, and what is overdue."""
    return HTMLResponse(await dashboard.forecast.render(page, until))


async def due_query(
    dashboard: TheDashboard,
    query: PageQueryParameters,
    obligation: str,
    until: PageDate = None,
    state: StatesParameter = None,
    month: MonthParameter = None,
) -> DueQuery:
    """Which number of the forecast a list is behind."""
    end = dashboard.forecast.until(query, until)
    return DueQuery(obligation, end, tuple(dict.fromkeys(state or WORK)), month)


DueParameters = Annotated[DueQuery, Depends(due_query)]


@router.get(DUE)
async def due(
    dashboard: TheDashboard, page: Context, listed: DueParameters, cursor: CursorText = None
) -> Response:
    """The organizations behind a number of the forecast."""
    return HTMLResponse(await dashboard.due.render(page, listed, cursor))


@router.get(f"{ORGANIZATIONS}/file")
async def organizations_file(
    dashboard: TheDashboard,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    part: Part = "gap",
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """The whole list, to be worked through in a spreadsheet."""
    whole = await dashboard.organizations.every(query, part, language, caller)
    return await list_file(whole, format, dashboard.formatter(language))


@router.get(f"{COMPARISON}/file")
async def comparison_file(
    dashboard: TheDashboard,
    ask: Ask,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    first: Annotated[CivilDate, Query(alias="from")],
    change: Change,
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """All organizations of one change, and by which facts."""
    days = {"from": first, "to": query.valid_on, "change": change, "limit": 1000}
    path = "/v1/coverage/comparison/members"
    requested = query.answer(path, indicator=query.indicator, **days)
    return await answer_file(ask, caller, requested, format, language, dashboard.parts.labels)


@router.get(f"{FORECAST}/file")
async def forecast_file(
    dashboard: TheDashboard,
    ask: Ask,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    until: CivilDate,
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """What falls due until a day, by area."""
    level = dashboard.forecast.level(query)
    requested = query.answer("/v1/forecast", until=until, valid_on=query.valid_on, group_by=level)
    return await answer_file(ask, caller, requested, format, language, dashboard.parts.labels)


@router.get(f"{DUE}/file")
async def due_file(
    dashboard: TheDashboard,
    ask: Ask,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    listed: DueParameters,
    format: FileForm = "xlsx",  # noqa: A002
) -> Response:
    """All organizations behind a number of the forecast."""
    requested = query.answer(
        "/v1/forecast/members",
        obligation=listed.obligation,
        until=listed.until,
        state=listed.states,
        month=listed.month,
        valid_on=query.valid_on,
        limit=1000,
    )
    return await answer_file(ask, caller, requested, format, language, dashboard.parts.labels)


@router.get(FRESHNESS)
async def freshness(
    dashboard: TheDashboard,
    caller: PageCaller,
    language: PageLanguage,
    lang: Language | None = None,
) -> Response:
    """How fresh the data are, for a page that stays open."""
    freshness = await dashboard.freshness.answer()
    return JSONResponse(freshness_document(freshness, dashboard.formatter(language)))


@router.get(f"{CHARTS}/bars.svg")
async def bars(
    dashboard: TheDashboard,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    group_by: Annotated[str, Query()],
) -> Response:
    """A breakdown as a file for a document."""
    request = query.request(query.indicator, None, caller.areas, group_by)
    return svg(await dashboard.charts.bars(request, language), language)


@router.get(f"{CHARTS}/trend.svg")
async def trend(
    dashboard: TheDashboard,
    caller: PageCaller,
    language: PageLanguage,
    query: PageQueryParameters,
    points: Annotated[int, Query(ge=1, le=MAX_POINTS)] = TREND_POINTS,
) -> Response:
    """The line as a file for a document."""
    request = query.request(query.indicator, None, caller.areas)
    return svg(await dashboard.charts.trend(request, query.step, points, language), language)


@router.get(SIGN_IN)
async def sign_in(
    request: Request,
    dashboard: TheDashboard,
    language: PageLanguage,
    next: str = OVERVIEW,  # noqa: A002
    ended: Literal["1"] | None = None,
    lang: Language | None = None,
) -> Response:
    """The form that asks for a token."""
    failure = dashboard.formatter(language)("session_ended") if ended else None
    return _form(request, language, next, failure)


@router.post(f"{OVERVIEW}/session")
async def begin_session(request: Request, dashboard: TheDashboard) -> Response:
    """Check the token, put it into the session, and go on to the page that was asked for."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    token = form.get("token", [""])[0].strip().removeprefix("Bearer ").strip()
    next_ = safe_next(form.get("next", [OVERVIEW])[0])
    language: Language = "en" if form.get("lang", [page_language(request)])[0] == "en" else "zh"
    formatter = dashboard.formatter(language)
    if not from_our_pages(request):
        raise CrossSiteForm
    if not token:
        return _form(request, language, next_, formatter("token_missing"), 422)
    if len(token) > MAX_TOKEN:
        return _form(request, language, next_, formatter("token_long"), 422)
    verifier: TokenVerifier = request.app.state.verifier
    try:
        caller, expires = await verifier.caller_until(token)
    except InvalidToken as refusal:
        failure = formatter("token_invalid", why=refusal.facts.get("why", ""))
        return _form(request, language, next_, failure, 401)
    if SCOPE not in caller.scopes:
        return _form(request, language, next_, formatter("token_scope"), 403)
    seconds = max(1, int(expires - time.time()))
    return with_session(RedirectResponse(next_, 303), request, token, seconds)


@router.post(f"{OVERVIEW}/sign-out")
async def end_session(request: Request, dashboard: TheDashboard) -> Response:
    """Forget the token."""
    if not from_our_pages(request):
        raise CrossSiteForm
    return without_session(RedirectResponse(SIGN_IN, 303))


@router.get(f"{ASSETS}/{{digest}}/{{name}}")
async def asset(dashboard: TheDashboard, digest: str, name: str) -> Response:
    """A style sheet, script or icon; they hold no data and need no session."""
    stored = dashboard.assets.get(name)
    if stored is None or stored.address != f"{ASSETS}/{digest}/{name}":
        raise NotFound
    headers = {"cache-control": _KEPT_FOR_EVER}
    return Response(stored.content, media_type=stored.media_type, headers=headers)


def _form(
    request: Request, language: Language, next_: str, failure: str | None, status: int = 200
) -> Response:
    unencrypted = not (is_encrypted(request) or is_loopback(request))
    other = other_language(request, language)
    if request.method != "GET":
        other = SIGN_IN
    parts = dashboard_of(request).parts
    page = sign_in_page(parts, language, safe_next(next_), failure, unencrypted, other)
    headers: dict[str, Any] = {"www-authenticate": "Bearer"} if status == 401 else {}
    return HTMLResponse(page, status, headers=headers)
