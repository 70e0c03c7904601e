"""The dashboard as a whole: its pages, its charts and its assets, made once."""

from collections.abc import Mapping
from dataclasses import dataclass

from metrics_api.charts.draw import DrawCharts
from metrics_api.core.formatting import Formatter, Language
from metrics_api.dashboard.page_context import PageContext, page_context
from metrics_api.dashboard.page_query import PageQuery
from metrics_api.dashboard.pages.comparison import ComparisonPage
from metrics_api.dashboard.pages.due import DuePage
from metrics_api.dashboard.pages.forecast import ForecastPage
from metrics_api.dashboard.pages.organization import OrganizationPage
from metrics_api.dashboard.pages.organizations import OrganizationsPage
from metrics_api.dashboard.pages.overview import OverviewPage
from metrics_api.dashboard.parts import PageParts
from metrics_api.dashboard.rendering import Asset
from metrics_api.freshness.read_freshness import ReadFreshness
from servicekit.auth import Caller


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything that the routes below `/dashboard` answer with."""

    parts: PageParts
    assets: Mapping[str, Asset]
    charts: DrawCharts
    freshness: ReadFreshness
    overview: OverviewPage
    organizations: OrganizationsPage
    organization: OrganizationPage
    comparison: ComparisonPage
    forecast: ForecastPage
    due: DuePage

    @property
    def first_indicator(self) -> str:
        """The indicator of a reader who chose none."""
        return self.parts.layout.headlines[0]

    def formatter(self, language: Language) -> Formatter:
        """The words and the figures of a language."""
        return self.parts.formatters[language]

    def context(
        self, query: PageQuery, path: str, language: Language, caller: Caller, other: str, kept: str
    ) -> PageContext:
        """The context of the page at `path`; see `page_context`."""
        return page_context(self.parts, query, path, language, caller, other, kept)
