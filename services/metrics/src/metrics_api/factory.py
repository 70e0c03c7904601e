"""The composition root, shared by `serve` and `follow`."""

from metrics_api.answers.receipt import IssueReceipt
from metrics_api.charts.draw import DrawCharts
from metrics_api.charts.texts import load_formatters
from metrics_api.counting.copy.live_copy import LiveCopy
from metrics_api.counting.question import AskCoverage
from metrics_api.coverage.answer import AnswerCoverage
from metrics_api.coverage.comparison.answer import AnswerComparison
from metrics_api.coverage.comparison.compare import CompareCoverage
from metrics_api.coverage.count import CountCoverage
from metrics_api.coverage.members.answer import AnswerMembers
from metrics_api.coverage.members.list_members import ListMembers
from metrics_api.coverage.series.answer import AnswerSeries
from metrics_api.coverage.series.count import CountSeries
from metrics_api.coverage.standing.answer import AnswerStanding
from metrics_api.coverage.standing.explain_status import ExplainStatus
from metrics_api.dashboard.dashboard import Dashboard
from metrics_api.dashboard.layout import load_layout
from metrics_api.dashboard.pages.comparison import ComparisonPage
from metrics_api.dashboard.pages.due import DuePage
from metrics_api.dashboard.pages.forecast import ForecastPage
from metrics_api.dashboard.pages.organization import OrganizationPage
from metrics_api.dashboard.pages.organizations import OrganizationsPage
from metrics_api.dashboard.pages.overview import OverviewPage
from metrics_api.dashboard.pages.read_overview import ReadOverview
from metrics_api.dashboard.parts import PageParts
from metrics_api.dashboard.place_names import PlaceNames
from metrics_api.dashboard.rendering import Templates, load_assets
from metrics_api.definitions.labels import load_labels
from metrics_api.definitions.load import load_definitions
from metrics_api.editions.begin import CHANNEL
from metrics_api.facts.feeds import REGISTRY_FEED, ROUTER_FEED
from metrics_api.facts.read import ReadFacts
from metrics_api.facts.upstream import Upstream
from metrics_api.files.read_file import ReadFile
from metrics_api.files.start_job import StartJob
from metrics_api.forecast.answer import AnswerForecast
from metrics_api.forecast.count import CountForecast
from metrics_api.forecast.list_due import ListDue
from metrics_api.forecast.question import AskForecast
from metrics_api.freshness.read_freshness import ReadFreshness
from metrics_api.freshness.upstream_feeds import UpstreamFeed
from metrics_api.settings import MetricsSettings
from metrics_api.targets.answer import AnswerTargets
from metrics_api.targets.evaluate import EvaluateTargets
from metrics_api.targets.keep import KeepTargets
from metrics_api.targets.show_gauges import ShowGauges
from servicekit import jobs
from servicekit.database import Database, Migrations, Notifications
from servicekit.time import Clock, SystemClock

PACKAGE = "metrics_api"


def migrations(settings: MetricsSettings) -> Migrations:
    """The migrations of this service's database."""
    return Migrations(PACKAGE, settings.database_url.get_secret_value())


class Factory:
    """Makes each part of the service once; nothing connects before it is used.

    Routes ask for a part by its class. Raises `DefinitionError` when a definition file can't be
    meant.
    """

    def __init__(
        self,
        settings: MetricsSettings,
        clock: Clock | None = None,
        upstream: Upstream | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.database = Database(settings)
        self.notifications = Notifications(self.database, CHANNEL, jobs.CHANNEL)
        self.definitions = load_definitions()
        self.labels = load_labels().naming(
            "indicator", {name: it.title for name, it in self.definitions.indicators.items()}
        )
        self.upstream = upstream or Upstream.over_http(settings)
        self.start_job = StartJob(self.database, settings.jobs_per_client)
        self.read_file = ReadFile(self.database)
        self._make_counting()
        self._make_targets_and_freshness()
        self._make_answers()
        self._make_pages()

    def _make_counting(self) -> None:
        """What reads and counts."""
        max_groups = self.settings.max_groups
        self.live_copy = LiveCopy(self.database, self.notifications, self.clock)
        self.read_facts = ReadFacts(self.database)
        self.ask_coverage = AskCoverage(self.live_copy, self.database, self.definitions, self.clock)
        self.count_coverage = CountCoverage(self.ask_coverage, max_groups)
        self.count_series = CountSeries(self.ask_coverage, max_groups)
        self.compare_coverage = CompareCoverage(self.ask_coverage, self.read_facts, max_groups)
        self.explain_status = ExplainStatus(self.ask_coverage, self.read_facts, self.definitions)
        self.list_members = ListMembers(self.ask_coverage, self.read_facts)
        self.ask_forecast = AskForecast(self.ask_coverage, self.definitions)
        self.count_forecast = CountForecast(self.ask_forecast, self.database, max_groups)
        self.list_due = ListDue(self.ask_forecast, self.database)

    def _make_targets_and_freshness(self) -> None:
        """What stands on counts: targets, gauges; and how far the answers are behind."""
        self.issue_receipt = IssueReceipt(self.live_copy, self.definitions)
        self.evaluate_targets = EvaluateTargets(
            self.count_coverage, self.issue_receipt, self.database, self.definitions, self.clock
        )
        self.keep_targets = KeepTargets(
            self.database,
            self.live_copy,
            self.definitions,
            self.clock,
            self.settings.max_own_targets,
        )
        self.show_gauges = ShowGauges(
            self.count_coverage,
            self.evaluate_targets,
            self.live_copy,
            self.definitions,
            self.clock,
        )
        feeds = {
            REGISTRY_FEED: UpstreamFeed(self.upstream.registry),
            ROUTER_FEED: UpstreamFeed(self.upstream.router),
        }
        self.read_freshness = ReadFreshness(self.live_copy, self.database, feeds, self.clock)

    def _make_answers(self) -> None:
        """What makes answers of counts, lists and targets."""
        issue, settings = self.issue_receipt, self.settings
        self.answer_coverage = AnswerCoverage(self.count_coverage, issue)
        self.answer_series = AnswerSeries(self.count_series, issue)
        self.answer_comparison = AnswerComparison(self.compare_coverage, issue, settings)
        self.answer_standing = AnswerStanding(self.explain_status, issue)
        self.answer_members = AnswerMembers(self.list_members, issue, settings)
        self.answer_targets = AnswerTargets(self.evaluate_targets, self.definitions)
        self.answer_forecast = AnswerForecast(self.count_forecast, self.list_due, issue, settings)

    def _make_pages(self) -> None:
        """What draws, and the pages for people."""
        formatters = load_formatters()
        self.draw_charts = DrawCharts(
            self.count_coverage,
            self.count_series,
            self.evaluate_targets,
            self.definitions,
            self.labels,
            formatters,
            self.clock,
        )
        assets = load_assets()
        parts = PageParts(
            self.definitions,
            self.labels,
            load_layout(self.definitions),
            formatters,
            Templates(assets, formatters),
            PlaceNames(self.live_copy, self.settings.dashboard_area_level),
            self.clock,
        )
        read_overview = ReadOverview(
            parts,
            self.count_coverage,
            self.count_series,
            self.evaluate_targets,
            self.read_freshness,
        )
        self.dashboard = Dashboard(
            parts=parts,
            assets=assets,
            charts=self.draw_charts,
            freshness=self.read_freshness,
            overview=OverviewPage(parts, read_overview),
            organizations=OrganizationsPage(parts, self.list_members),
            organization=OrganizationPage(parts, self.explain_status, self.settings),
            comparison=ComparisonPage(parts, self.compare_coverage),
            forecast=ForecastPage(parts, self.count_forecast),
            due=DuePage(parts, self.list_due),
        )
