"""The overview: everything a leader sees at a glance."""

from dataclasses import replace

from metrics_api.charts.compose import receipt_line, trend
from metrics_api.charts.goals import tone_of
from metrics_api.charts.line_chart import line_chart
from metrics_api.core.formatting import Formatter, Language
from metrics_api.dashboard.chips import filter_chips
from metrics_api.dashboard.page_query import FRESHNESS, OVERVIEW, PageQuery
from metrics_api.dashboard.pages.freshness import is_late, lag_in_words
from metrics_api.dashboard.pages.read_overview import Overview, ReadOverview
from metrics_api.dashboard.pages.target_rows import target_rows
from metrics_api.dashboard.parts import PageParts
from servicekit.auth import Caller

MAX_ROWS = 12
"""Rows of a breakdown that are seen at once; the rest opens."""
_WIDE, _NARROW = (640, 260), (340, 220)


class OverviewPage:
    """Renders the overview."""

    def __init__(self, parts: PageParts, read: ReadOverview) -> None:
        self._parts = parts
        self._read = read

    async def render(self, query: PageQuery, language: Language, caller: Caller) -> str:
        """The overview, of what `caller` may see."""
        parts, formatter = self._parts, self._parts.formatters[language]
        bands = parts.definitions.target_reading.bands
        overview = await self._read.read(query, caller.areas, formatter)
        return parts.templates.render(
            "overview",
            language,
            o=overview,
            q=query,
            caller=caller,
            home=OVERVIEW,
            here=OVERVIEW,
            other_language=query.url(language="zh" if language == "en" else "en"),
            indicators=parts.definitions.indicators.values(),
            labels=parts.labels,
            filter_names=parts.layout.filters,
            steps=("month", "quarter", "year"),
            most_rows=MAX_ROWS,
            chips=filter_chips(parts, query, OVERVIEW, overview.edition, overview.day, formatter),
            bands=bands,
            band_tones=[tone_of(band, bands) for band in bands],
            target_rows=target_rows(overview, query, formatter),
            receipt=receipt_line(overview.day, overview.edition, formatter),
            now=parts.clock.now(),
            freshness_path=FRESHNESS,
            lag=lag_in_words(overview.freshness, formatter),
            late=is_late(overview.freshness),
            **_trend(overview, formatter),
        )


def _trend(overview: Overview, formatter: Formatter) -> dict[str, str]:
    """The line twice: one wide, one for a phone; a style sheet shows one of them."""
    title = formatter("chart_trend", title=formatter.say(overview.indicator.title))
    chart = trend(title, overview.trend, overview.edition, overview.total.goal, formatter)
    chart = replace(chart, headed=False, footnote="")
    return {
        "trend_wide": line_chart(chart, "trend-wide", _WIDE),
        "trend_narrow": line_chart(chart, "trend-narrow", _NARROW),
    }
