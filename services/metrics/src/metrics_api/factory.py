"""The composition root, shared by `serve` and `follow`."""

from collections.abc import Mapping
from functools import cached_property

from metrics_api.answers.receipt import IssueReceipt
from metrics_api.charts.draw import DrawCharts
from metrics_api.charts.texts import load_formatters
from metrics_api.core.formatting import Formatter, Language
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
from metrics_api.dashboard.layout import Layout, load_layout
from metrics_api.dashboard.pages.comparison import ComparisonPage
from metrics_api.dashboard.pages.due import DuePage
from metrics_api.dashboard.pages.forecast import ForecastPage
from metrics_api.dashboard.pages.organization import OrganizationPage
from metrics_api.dashboard.pages.organizations import OrganizationsPage
from metrics_api.dashboard.pages.overview import OverviewPage
from metrics_api.dashboard.pages.read_overview import ReadOverview
from metrics_api.dashboard.parts import PageParts
from metrics_api.dashboard.place_names import PlaceNames
from metrics_api.dashboard.rendering import Asset, Templates, load_assets
from metrics_api.definitions.labels import Labels, load_labels
from metrics_api.definitions.load import Definitions, load_definitions
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
from servicekit.database import Bell, Database, Migrations
from servicekit.time import Clock, SystemClock

PACKAGE = "metrics_api"


def migrations(settings: MetricsSettings) -> Migrations:
    """The migrations of this service's database."""
    return Migrations(PACKAGE, settings.database_url.get_secret_value())


class Factory:
    """Makes each part once. Raises `DefinitionError` when a definition file can't be meant."""

    def __init__(
        self,
        settings: MetricsSettings,
        clock: Clock | None = None,
        upstream: Upstream | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.database = Database(settings)
        self.bell = Bell(self.database, CHANNEL, jobs.CHANNEL)
        self.definitions: Definitions = load_definitions()
        self.labels: Labels = load_labels().naming(
            "indicator", {name: it.title for name, it in self.definitions.indicators.items()}
        )
        self.layout: Layout = load_layout(self.definitions)
        self.formatters: Mapping[Language, Formatter] = load_formatters()
        self.upstream = upstream or Upstream.over_http(settings)

    @cached_property
    def live_copy(self) -> LiveCopy:
        """The columnar copy of this process."""
        return LiveCopy(self.database, self.bell, self.clock)

    @cached_property
    def read_facts(self) -> ReadFacts:
        """Reads facts back."""
        return ReadFacts(self.database)

    @cached_property
    def issue_receipt(self) -> IssueReceipt:
        """Issues receipts."""
        return IssueReceipt(self.live_copy, self.definitions)

    @cached_property
    def ask_coverage(self) -> AskCoverage:
        """Makes requests ready to be counted."""
        return AskCoverage(self.live_copy, self.database, self.definitions, self.clock)

    @cached_property
    def count_coverage(self) -> CountCoverage:
        """Counts coverage."""
        return CountCoverage(self.ask_coverage, self.settings.max_groups)

    @cached_property
    def answer_coverage(self) -> AnswerCoverage:
        """Answers with a count."""
        return AnswerCoverage(self.count_coverage, self.issue_receipt)

    @cached_property
    def count_series(self) -> CountSeries:
        """Counts over time."""
        return CountSeries(self.ask_coverage, self.settings.max_groups)

    @cached_property
    def answer_series(self) -> AnswerSeries:
        """Answers with counts over time."""
        return AnswerSeries(self.count_series, self.issue_receipt)

    @cached_property
    def compare_coverage(self) -> CompareCoverage:
        """Compares two counts."""
        return CompareCoverage(self.ask_coverage, self.read_facts, self.settings.max_groups)

    @cached_property
    def answer_comparison(self) -> AnswerComparison:
        """Answers with a comparison."""
        return AnswerComparison(self.compare_coverage, self.issue_receipt, self.settings)

    @cached_property
    def explain_status(self) -> ExplainStatus:
        """Explains how one organization stands."""
        return ExplainStatus(self.ask_coverage, self.read_facts, self.definitions)

    @cached_property
    def answer_standing(self) -> AnswerStanding:
        """Answers how one organization stands."""
        return AnswerStanding(self.explain_status, self.issue_receipt)

    @cached_property
    def list_members(self) -> ListMembers:
        """Lists the organizations behind a count."""
        return ListMembers(self.ask_coverage, self.read_facts)

    @cached_property
    def answer_members(self) -> AnswerMembers:
        """Answers with the organizations behind a count."""
        return AnswerMembers(self.list_members, self.issue_receipt, self.settings)

    @cached_property
    def evaluate_targets(self) -> EvaluateTargets:
        """Evaluates targets."""
        return EvaluateTargets(
            self.count_coverage, self.issue_receipt, self.database, self.definitions, self.clock
        )

    @cached_property
    def answer_targets(self) -> AnswerTargets:
        """Answers how targets stand."""
        return AnswerTargets(self.evaluate_targets, self.definitions)

    @cached_property
    def show_gauges(self) -> ShowGauges:
        """Shows the rates of today as gauges."""
        return ShowGauges(
            self.count_coverage,
            self.evaluate_targets,
            self.live_copy,
            self.definitions,
            self.clock,
        )

    @cached_property
    def start_job(self) -> StartJob:
        """Starts and reads jobs."""
        return StartJob(self.database, self.settings.jobs_per_client)

    @cached_property
    def read_file(self) -> ReadFile:
        """Reads the files that jobs made."""
        return ReadFile(self.database)

    @cached_property
    def ask_forecast(self) -> AskForecast:
        """Makes forecast requests ready."""
        return AskForecast(self.ask_coverage, self.definitions)

    @cached_property
    def count_forecast(self) -> CountForecast:
        """Counts what falls due."""
        return CountForecast(self.ask_forecast, self.database, self.settings.max_groups)

    @cached_property
    def list_due(self) -> ListDue:
        """Lists the organizations behind a forecast."""
        return ListDue(self.ask_forecast, self.database)

    @cached_property
    def answer_forecast(self) -> AnswerForecast:
        """Answers what falls due, and who is behind it."""
        return AnswerForecast(self.count_forecast, self.list_due, self.issue_receipt, self.settings)

    @cached_property
    def keep_targets(self) -> KeepTargets:
        """Keeps own targets."""
        return KeepTargets(
            self.database,
            self.live_copy,
            self.definitions,
            self.clock,
            self.settings.max_own_targets,
        )

    @cached_property
    def read_freshness(self) -> ReadFreshness:
        """Reads how fresh the answers are."""
        feeds = {
            REGISTRY_FEED: UpstreamFeed(self.upstream.registry),
            ROUTER_FEED: UpstreamFeed(self.upstream.router),
        }
        return ReadFreshness(self.live_copy, self.database, feeds, self.clock)

    @cached_property
    def draw_charts(self) -> DrawCharts:
        """Draws counts."""
        return DrawCharts(
            self.count_coverage,
            self.count_series,
            self.evaluate_targets,
            self.definitions,
            self.labels,
            self.formatters,
            self.clock,
        )

    @cached_property
    def page_parts(self) -> PageParts:
        """What every page is made with."""
        return PageParts(
            self.definitions,
            self.labels,
            self.layout,
            self.formatters,
            Templates(self.assets, self.formatters),
            PlaceNames(self.live_copy, self.settings.dashboard_area_level),
            self.clock,
        )

    @cached_property
    def assets(self) -> Mapping[str, Asset]:
        """The files that pages load."""
        return load_assets()

    @cached_property
    def dashboard(self) -> Dashboard:
        """The pages for people."""
        parts = self.page_parts
        read = ReadOverview(
            parts,
            self.count_coverage,
            self.count_series,
            self.evaluate_targets,
            self.read_freshness,
        )
        return Dashboard(
            parts=parts,
            assets=self.assets,
            charts=self.draw_charts,
            freshness=self.read_freshness,
            overview=OverviewPage(parts, read),
            organizations=OrganizationsPage(parts, self.list_members),
            organization=OrganizationPage(parts, self.explain_status, self.settings),
            comparison=ComparisonPage(parts, self.compare_coverage),
            forecast=ForecastPage(parts, self.count_forecast),
            due=DuePage(parts, self.list_due),
        )
