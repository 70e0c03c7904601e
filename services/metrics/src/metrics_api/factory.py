"""The composition root, shared by `serve` and `follow`."""

from dataclasses import dataclass
from functools import cached_property

import httpx

from metrics_api.clients.upstream_feeds import UpstreamFeed
from metrics_api.settings import MetricsSettings
from metrics_api.storage.definition_files import Definitions, load_definitions
from metrics_api.storage.editions import CHANNEL
from metrics_api.storage.feed_cursors import REGISTRY_FEED, ROUTER_FEED
from metrics_api.storage.label_files import Labels, load_labels
from metrics_api.usecases.compare_coverage import CompareCoverage
from metrics_api.usecases.count_coverage import CountCoverage
from metrics_api.usecases.count_series import CountSeries
from metrics_api.usecases.coverage_question import AskCoverage
from metrics_api.usecases.evaluate_targets import EvaluateTargets
from metrics_api.usecases.forecast_question import AskForecast
from metrics_api.usecases.issue_receipt import IssueReceipt
from metrics_api.usecases.keep_copy import LiveCopy
from metrics_api.usecases.keep_targets import KeepTargets
from metrics_api.usecases.list_due import ListDue
from metrics_api.usecases.list_members import ListMembers
from metrics_api.usecases.show_headlines import ShowHeadlines
from metrics_api.usecases.start_job import StartJob
from metrics_api.usecases.tell_forecast import TellForecast
from metrics_api.usecases.tell_freshness import TellFreshness
from metrics_api.usecases.tell_standing import TellStanding
from servicekit import jobs
from servicekit.database import Bell, Database, Migrations
from servicekit.http import service_client
from servicekit.time import Clock, SystemClock

PACKAGE = "metrics_api"


def migrations(settings: MetricsSettings) -> Migrations:
    """The migrations of this service's database."""
    return Migrations(PACKAGE, settings.database_url.get_secret_value())


@dataclass(frozen=True, slots=True)
class Upstream:
    """Clients of the two services above; tests hand in the real apps over ASGI."""

    registry: httpx.AsyncClient
    router: httpx.AsyncClient

    @classmethod
    def over_http(cls, settings: MetricsSettings) -> "Upstream":
        """Clients at the configured addresses, with this service's own token."""
        return cls(
            service_client(settings.registry_url, settings),
            service_client(settings.router_url, settings),
        )

    async def close(self) -> None:
        """Close both clients."""
        await self.registry.aclose()
        await self.router.aclose()


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
        self.upstream = upstream or Upstream.over_http(settings)

    @cached_property
    def live_copy(self) -> LiveCopy:
        """The columnar copy of this process."""
        return LiveCopy(self.database, self.bell, self.clock)

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
    def count_series(self) -> CountSeries:
        """Counts over time."""
        return CountSeries(self.ask_coverage, self.settings.max_groups)

    @cached_property
    def compare_coverage(self) -> CompareCoverage:
        """Compares two counts."""
        return CompareCoverage(self.ask_coverage, self.database, self.settings.max_groups)

    @cached_property
    def tell_standing(self) -> TellStanding:
        """Tells how one organization stands."""
        return TellStanding(self.ask_coverage, self.database, self.definitions)

    @cached_property
    def list_members(self) -> ListMembers:
        """Lists the organizations behind a count."""
        return ListMembers(self.ask_coverage, self.database)

    @cached_property
    def evaluate_targets(self) -> EvaluateTargets:
        """Evaluates targets."""
        return EvaluateTargets(
            self.count_coverage, self.issue_receipt, self.database, self.definitions, self.clock
        )

    @cached_property
    def show_headlines(self) -> ShowHeadlines:
        """Shows the rates of today as gauges."""
        return ShowHeadlines(
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
    def ask_forecast(self) -> AskForecast:
        """Makes forecast requests ready."""
        return AskForecast(self.ask_coverage, self.definitions)

    @cached_property
    def tell_forecast(self) -> TellForecast:
        """Tells what falls due."""
        return TellForecast(self.ask_forecast, self.database, self.settings.max_groups)

    @cached_property
    def list_due(self) -> ListDue:
        """Lists the organizations behind a forecast."""
        return ListDue(self.ask_forecast, self.database)

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
    def tell_freshness(self) -> TellFreshness:
        """Tells freshness."""
        feeds = {
            REGISTRY_FEED: UpstreamFeed(self.upstream.registry),
            ROUTER_FEED: UpstreamFeed(self.upstream.router),
        }
        return TellFreshness(self.live_copy, self.database, feeds, self.clock)
