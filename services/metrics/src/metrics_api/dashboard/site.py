"""The dashboard's pages: what each of them is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from metrics_api.counting.members import Part
from metrics_api.dashboard.charts import receipt_line, trend
from metrics_api.dashboard.drawn_charts import DrawnCharts
from metrics_api.dashboard.forecast_pages import ForecastPages
from metrics_api.dashboard.further_pages import FurtherPages
from metrics_api.dashboard.goals import Goal, tone_of
from metrics_api.dashboard.layout import load_layout
from metrics_api.dashboard.organizations import PAGE_SIZE, ListedOrganization, listed
from metrics_api.dashboard.overview import Overview, ReadOverview
from metrics_api.dashboard.page_query import ORGANIZATIONS, OVERVIEW, PageQuery
from metrics_api.dashboard.pages import Pages, load_assets
from metrics_api.dashboard.reading import Reading
from metrics_api.dashboard.speech import Language, Speech
from metrics_api.dashboard.whereabouts import Whereabouts
from metrics_api.dashboard.words import load_speeches
from metrics_api.domain.dimensions import DIMENSIONS, UNASSIGNED_KEY, UNDER_BODY
from metrics_api.domain.targets import Outlook
from metrics_api.drawing.line_chart import line_chart
from metrics_api.factory import Factory
from metrics_api.storage.editions import Edition
from metrics_api.usecases.evaluate_targets import TargetStanding
from metrics_api.usecases.tell_freshness import Freshness
from servicekit.auth import Caller
from servicekit.errors import Refusal

FRESHNESS = f"{OVERVIEW}/freshness"
MOST_IN_A_FILE = 20_000
"""Organizations in one file: a spreadsheet that people still work through."""
_FILE_PAGE = 1000
MOST_ROWS = 12
"""Rows of a breakdown that are seen at once; the rest opens."""
_WIDE, _NARROW = (640, 260), (340, 220)
_LATE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an error page tells: a problem in the reader's language."""

    title: str
    detail: str
    items: Sequence[str]
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter in words, the address without it, and of a body that of all beneath it."""

    name: str
    without: str
    wider: str | None = None


@dataclass(frozen=True, slots=True)
class WholeList:
    """All organizations behind a figure; `filters` says in words which."""

    query: PageQuery
    part: Part
    title: str
    filters: str
    valid_on: date
    edition: Edition
    rows: list[ListedOrganization]


class Site:
    """Puts answers and templates together; made once."""

    def __init__(self, factory: Factory) -> None:
        self._definitions = factory.definitions
        self._labels = factory.labels
        self._clock = factory.clock
        self._speeches = load_speeches()
        self._layout = load_layout(factory.definitions)
        self._freshness = factory.tell_freshness
        self._whereabouts = Whereabouts(factory.live_copy, factory.settings.dashboard_area_level)
        self.assets = load_assets()
        self._pages = Pages(self.assets, self._speeches)
        self.charts = DrawnCharts(
            factory.count_coverage,
            factory.count_series,
            factory.evaluate_targets,
            self._definitions,
            self._labels,
            self._speeches,
            self._clock,
        )
        self.further = FurtherPages(factory, self._pages, self._whereabouts)
        self.forecasts = ForecastPages(factory, self._pages, self._whereabouts)
        self._members = factory.list_members
        self._overview = ReadOverview(
            factory.count_coverage,
            factory.count_series,
            factory.evaluate_targets,
            factory.tell_freshness,
            self._whereabouts,
            self._definitions,
            self._labels,
            self._layout,
            self._clock,
        )

    @property
    def first_indicator(self) -> str:
        """The indicator of a reader who chose none."""
        return self._layout.headlines[0]

    def speech(self, language: Language) -> Speech:
        """The words of a language."""
        return self._speeches[language]

    def sign_in(
        self, language: Language, next_: str, failure: str | None, unencrypted: bool, other: str
    ) -> str:
        """The form that asks for a token; `next_` is where to go after it."""
        facts: dict[str, Any] = {"next": next_, "failure": failure, "unencrypted": unencrypted}
        return self._pages.render("sign_in", language, home=OVERVIEW, other_language=other, **facts)

    def trouble(
        self, language: Language, trouble: Trouble, caller: Caller | None, other: str
    ) -> str:
        """A page that says what went wrong."""
        return self._pages.render(
            "error", language, problem=trouble, caller=caller, other_language=other, home=OVERVIEW
        )

    async def overview(self, query: PageQuery, language: Language, caller: Caller) -> str:
        """The overview, of what `caller` may see. Refuses what counting refuses."""
        speech = self._speeches[language]
        bands = self._definitions.target_reading.bands
        found = await self._overview.read(query, caller.areas, speech)
        return self._pages.render(
            "overview",
            language,
            o=found,
            q=query,
            caller=caller,
            home=OVERVIEW,
            here=OVERVIEW,
            other_language=query.url(language="zh" if language == "en" else "en"),
            indicators=self._definitions.indicators.values(),
            labels=self._labels,
            filter_names=self._layout.filters,
            steps=("month", "quarter", "year"),
            most_rows=MOST_ROWS,
            chips=self._chips(query, OVERVIEW, found.edition, found.day, speech),
            bands=bands,
            band_tones=[tone_of(band, bands) for band in bands],
            target_rows=self._target_rows(found, query, speech),
            receipt=receipt_line(found.day, found.edition, speech),
            now=self._clock.now(),
            freshness_path=FRESHNESS,
            lag=self.lag(found.freshness, speech),
            late=_is_late(found.freshness),
            **self._trend(found, speech),
        )

    def reading(
        self, query: PageQuery, path: str, language: Language, caller: Caller, other: str, kept: str
    ) -> Reading:
        """A reading of the page at `path`; `other` is its address in the other language, `kept`
        what addresses of this page carry beside the question.
        """
        speech = self._speeches[language]
        edition = self._whereabouts.newest
        day = query.valid_on or self._clock.today()
        places = self._whereabouts.path(
            query.filters.get("area", ()), self._whereabouts.hierarchy(edition.number, day)
        )
        frame = {
            "q": query, "here": path, "kept": kept, "caller": caller, "home": OVERVIEW,
            "labels": self._labels,
            "other_language": other, "places": places, "now": self._clock.now(),
            "chips": self._chips(query, path, edition, day, speech, kept),
        }  # fmt: skip
        return Reading(query, speech, caller, frame)

    async def organizations(
        self, query: PageQuery, part: Part, cursor: str | None, language: Language, caller: Caller
    ) -> str:
        """A page of the list behind a figure. Refuses what listing refuses."""
        speech = self._speeches[language]
        asked = query.request(query.indicator, None, caller.areas)
        found = await self._members.page(asked, part, cursor, PAGE_SIZE)
        indicator = self._definitions.indicators[query.indicator]
        here = query.listed(part)
        after = found.next_cursor
        return self._pages.render(
            "organizations",
            language,
            found=found,
            part=part,
            rows=list(listed(found, self._labels, speech)),
            first_page=here if cursor else None,
            next_page=f"{here}&{urlencode({'cursor': after})}" if after else None,
            title=speech.say(indicator.title),
            formula=speech.say(indicator.formula),
            q=query,
            caller=caller,
            home=OVERVIEW,
            other_language=replace(
                query, language="zh" if language == "en" else "en"
            ).listed(part),
            labels=self._labels,
            places=self._whereabouts.path(
                query.filters.get("area", ()), found.question.rollup.hierarchy
            ),
            chips=self._chips(
                query, ORGANIZATIONS, found.edition, found.valid_on, speech, f"&part={part}"
            ),
            receipt=receipt_line(found.valid_on, found.edition, speech),
            now=self._clock.now(),
        )  # fmt: skip

    async def every_organization(
        self, query: PageQuery, part: Part, language: Language, caller: Caller
    ) -> WholeList:
        """The whole list behind a figure, at one edition.

        Refuses what listing refuses, and `too-many-groups` beyond `MOST_IN_A_FILE`.
        """
        speech = self._speeches[language]
        asked = query.request(query.indicator, None, caller.areas)
        rows: list[ListedOrganization] = []
        cursor = None
        while True:
            found = await self._members.page(asked, part, cursor, _FILE_PAGE)
            if found.count > MOST_IN_A_FILE:
                raise Refusal("list-too-long", rows=found.count, limit=MOST_IN_A_FILE)
            rows += await asyncio.to_thread(list, listed(found, self._labels, speech))
            cursor = found.next_cursor
            if cursor is None:
                break
        edition, day = found.edition, found.valid_on
        places = self._whereabouts.path(
            query.filters.get("area", ()), found.question.rollup.hierarchy
        )
        chips = self._chips(query, ORGANIZATIONS, edition, day, speech)
        words = (*(place.name for place in places), *(chip.name for chip in chips))
        title = speech.say(self._definitions.indicators[query.indicator].title)
        return WholeList(query, part, title, speech.list(words), day, edition, rows)

    async def fresh(self, language: Language) -> dict[str, Any]:
        """How fresh the data are now, for a page that is already open."""
        freshness = await self._freshness.answer()
        lag = self.lag(freshness, self._speeches[language])
        return {"edition": freshness.serving.number, "lag": lag, "late": _is_late(freshness)}

    def lag(self, freshness: Freshness, speech: Speech) -> str:
        """How far behind the ledgers the answers are, in words."""
        away = tuple(
            speech(f"service_{name}") for name, feed in freshness.feeds.items()
            if not feed.reachable
        )  # fmt: skip
        if away:
            return speech("unreachable", services=speech.list(away))
        feeds = freshness.feeds.values()
        parked = sum(feed.cursor.parked for feed in feeds)
        behind = sum(max(0, feed.head - feed.cursor.position) for feed in feeds)
        seconds = max((feed.lag_seconds or 0.0 for feed in feeds), default=0.0)
        said = speech("fresh")
        if behind:
            said = speech("behind", seconds=f"{seconds:.0f}", positions=speech.count(behind))
        if parked:
            said = f"{said} · {speech('parked', count=speech.count(parked))}"
        return said

    def _trend(self, found: Overview, speech: Speech) -> dict[str, str]:
        """The line twice: one wide, one for a phone; a style sheet shows one of them."""
        title = speech("chart_trend", title=speech.say(found.indicator.title))
        chart = trend(title, found.trend, found.edition, found.total.goal, speech)
        chart = replace(chart, headed=False, footnote="")
        return {
            "trend_wide": line_chart(chart, "trend-wide", _WIDE),
            "trend_narrow": line_chart(chart, "trend-narrow", _NARROW),
        }

    def _chips(
        self,
        query: PageQuery,
        path: str,
        edition: Edition,
        day: date,
        speech: Speech,
        kept: str = "",
    ) -> list[Chip]:
        """The filters chosen, but for the area, which has its own path."""
        chips = []
        for name, values in query.filters.items():
            if name == "area":
                continue
            words = [self._value(name, value, edition.number, day, speech) for value in values]
            title = speech(name) if name == UNDER_BODY else speech.say(self._labels.titles[name])
            colon = "：" if speech.language == "zh" else ": "
            chips.append(
                Chip(
                    f"{title}{colon}{speech.list(tuple(words))}",
                    query.narrowed(path, **{name: None}) + kept,
                    _with_beneath(query, path, kept) if name == "body" else None,
                )
            )
        return chips

    def _value(self, name: str, value: str, edition: int, day: date, speech: Speech) -> str:
        if value != UNASSIGNED_KEY and name in ("body", UNDER_BODY):
            return self._whereabouts.body(value, edition, day)
        if value != UNASSIGNED_KEY and DIMENSIONS[name].area_level:
            return self._whereabouts.hierarchy(edition, day).name(value) or value
        return speech.say(self._labels.code("body" if name == UNDER_BODY else name, value))

    def _target_rows(
        self, found: Overview, query: PageQuery, speech: Speech
    ) -> list[dict[str, Any]]:
        return [
            {
                "id": standing.target.id,
                "title": speech.say(standing.target.title),
                "deadline": standing.target.deadline,
                "goal": standing.target.goal,
                "counted_on": standing.valid_on,
                "variants": self._variants(standing, found, query, speech),
            }
            for standing in sorted(found.targets, key=_by_deadline)
        ]

    def _variants(
        self, standing: TargetStanding, found: Overview, query: PageQuery, speech: Speech
    ) -> list[dict[str, Any]]:
        target = standing.target
        goal = Goal(target.goal, target.deadline, target.id)
        return [
            {
                "id": variant.variant.id,
                "title": speech.say(variant.variant.title),
                "figure": found.goals.measured(variant.tally, goal),
                "outlook": _outlook(variant.outlook, speech),
                "listing": query.url(
                    ORGANIZATIONS,
                    indicator=variant.variant.indicator,
                    filters=target.filters,
                    valid_on=standing.valid_on,
                ) + "&part=gap",
            }
            for variant in standing.variants
        ]  # fmt: skip


def _with_beneath(query: PageQuery, path: str, kept: str) -> str | None:
    """The address that asks for the chosen body with all beneath it; None where that is not one."""
    chosen = query.filters["body"]
    if len(chosen) != 1 or UNASSIGNED_KEY in chosen or UNDER_BODY in query.filters:
        return None
    return query.narrowed(path, body=None, **{UNDER_BODY: chosen[0]}) + kept


def _outlook(outlook: Outlook, speech: Speech) -> str:
    """What is needed a month, and when the goal is reached at this pace; "" once it is judged."""
    said = []
    if outlook.needed is not None:
        said.append(speech("pace_needed", count=f"{float(outlook.needed):,.1f}"))
    if outlook.projected_on is not None:
        said.append(speech("projected", day=speech.day(outlook.projected_on)))
    elif outlook.gained is not None:
        said.append(speech("not_projected"))
    return ("，" if speech.language == "zh" else ", ").join(said)


def _by_deadline(standing: TargetStanding) -> tuple[date, str]:
    return standing.target.deadline, standing.target.id


def _is_late(freshness: Freshness) -> bool:
    return any(
        not feed.reachable or (feed.lag_seconds or 0.0) > _LATE_SECONDS
        for feed in freshness.feeds.values()
    )
