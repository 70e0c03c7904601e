"""The ASGI apps: the REST API, and the follower's health routes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files

from fastapi import FastAPI

from metrics_api.answers.ask import AskAnswers
from metrics_api.charts.routes import router as charts_router
from metrics_api.coverage.comparison.routes import router as comparison_router
from metrics_api.coverage.members.routes import router as members_router
from metrics_api.coverage.routes import router as coverage_router
from metrics_api.coverage.series.routes import router as series_router
from metrics_api.coverage.standing.routes import router as standing_router
from metrics_api.dashboard.routes import router as dashboard_router
from metrics_api.factory import PACKAGE, Factory, migrations
from metrics_api.facts.feeds import FEEDS
from metrics_api.facts.follow import followers
from metrics_api.files.make_files import EXPORT, REPORT_PACK, MakeFiles
from metrics_api.files.routes import router as files_router
from metrics_api.forecast.routes import router as forecast_router
from metrics_api.freshness.routes import router as freshness_router
from metrics_api.indicators.routes import router as indicators_router
from metrics_api.settings import MetricsSettings
from metrics_api.targets.routes import router as targets_router
from servicekit.database import Retention
from servicekit.errors import read_rules
from servicekit.follower import Follower, feed_check, following
from servicekit.http import Parts, Readiness, build_app
from servicekit.jobs import Worker

DESCRIPTION = (
    "How far the social organizations are covered by Party building: counted by any dimension, on "
    "any date, at any edition. 社会组织党建覆盖情况：按任意维度、任意日期、任意版本统计。"
)
TAGS = (
    {"name": "coverage", "description": "Counts by any dimension 覆盖统计"},
    {"name": "definitions", "description": "What is counted, and its reference 指标定义"},
    {"name": "targets", "description": "Goals with a date, and how they stand 目标"},
    {"name": "files", "description": "Long lists and report packs as files 文件"},
    {"name": "operation", "description": "Freshness and health 运行"},
)

ROUTERS_WITH_RECEIPTS = (
    coverage_router,
    series_router,
    comparison_router,
    standing_router,
    members_router,
    targets_router,
    forecast_router,
)
"""The routes whose answers carry receipts, which files can be made of."""
ROUTERS = (
    *ROUTERS_WITH_RECEIPTS,
    charts_router,
    indicators_router,
    freshness_router,
    files_router,
    dashboard_router,
)


def build(settings: MetricsSettings) -> FastAPI:
    """The REST API."""
    return build_api(Factory(settings))


def build_api(factory: Factory) -> FastAPI:
    """The REST API from a factory; tests bring their own clock and upstream services."""
    ask = AskAnswers(ROUTERS_WITH_RECEIPTS, factory)
    retention = Retention(factory.database, factory.settings, "job", "idempotency_key")
    return build_app(
        Parts(
            name="metrics",
            title="Metrics 党建覆盖统计服务",
            description=DESCRIPTION,
            version=version("metrics-api"),
            settings=factory.settings,
            database=factory.database,
            notifications=factory.notifications,
            migrations=migrations(factory.settings),
            routers=ROUTERS,
            rules=read_rules(PACKAGE),
            services=factory,
            state={"ask_answers": ask},
            background=(
                factory.live_copy.running,
                factory.show_gauges.running,
                _worker(factory, ask).running,
                retention.running,
                lambda: _closing(factory),
            ),
            checks=(
                lambda: _copy_check(factory),
                *(feed_check(factory.database, feed) for feed in FEEDS),
            ),
            tags=TAGS,
            examples=files("metrics_api") / "examples.json",
        )
    )


async def _copy_check(factory: Factory) -> Readiness:
    served = factory.live_copy.served
    detail = {"edition": served.edition.number, "rows": served.copy.rows}
    return Readiness("columnar copy", True, detail)


def _worker(factory: Factory, ask: AskAnswers) -> Worker:
    """Runs the jobs that make files of answers."""
    work = MakeFiles(ask, factory.database, factory.labels)
    handlers = {EXPORT: work.export, REPORT_PACK: work.report_pack}
    return Worker(
        factory.database, factory.notifications, handlers, factory.settings.job_crash_limit
    )


@asynccontextmanager
async def open_followers(settings: MetricsSettings) -> AsyncIterator[Sequence[Follower]]:
    """The followers as commands use them, not running."""
    factory = Factory(settings)
    try:
        yield followers(factory.database, factory.upstream.registry, factory.upstream.router)
    finally:
        await factory.upstream.close()
        await factory.database.close()


def build_follower(settings: MetricsSettings) -> FastAPI:
    """The follower's app: health routes only, both feeds followed in the background."""
    factory = Factory(settings)
    active = followers(factory.database, factory.upstream.registry, factory.upstream.router)
    return build_app(
        Parts(
            name="metrics-follow",
            title="Metrics follower 统计服务跟随进程",
            description=DESCRIPTION,
            version=version("metrics-api"),
            settings=settings,
            database=factory.database,
            notifications=factory.notifications,
            migrations=migrations(settings),
            routers=(),
            rules=read_rules(PACKAGE),
            background=(lambda: _closing(factory), lambda: following(active)),
            checks=tuple(feed_check(factory.database, feed) for feed in FEEDS),
        )
    )


@asynccontextmanager
async def _closing(factory: Factory) -> AsyncIterator[None]:
    """Close the clients of other services at the end."""
    try:
        yield
    finally:
        await factory.upstream.close()
