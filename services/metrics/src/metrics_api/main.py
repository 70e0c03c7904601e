"""The ASGI apps: the REST API, and the follower's health routes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files

from fastapi import FastAPI

from metrics_api.api.answer_jobs import EXPORT, REPORT_PACK, AnswerJobs
from metrics_api.api.charts import charts_router
from metrics_api.api.comparison import comparison_router
from metrics_api.api.coverage import coverage_router
from metrics_api.api.dashboard import dashboard_router
from metrics_api.api.definitions import definitions_router
from metrics_api.api.errors import ERRORS
from metrics_api.api.forecast import forecast_router
from metrics_api.api.forecast_members import forecast_members_router
from metrics_api.api.freshness import freshness_router
from metrics_api.api.jobs import jobs_router
from metrics_api.api.members import members_router
from metrics_api.api.own_answers import OwnAnswers
from metrics_api.api.series import series_router
from metrics_api.api.standing import standing_router
from metrics_api.api.targets import targets_router
from metrics_api.dashboard.site import Site
from metrics_api.factory import Factory, migrations
from metrics_api.follower.following import followers, following
from metrics_api.settings import MetricsSettings
from metrics_api.storage.feed_cursors import FEEDS
from servicekit.database import Retention
from servicekit.follower import Follower
from servicekit.http import Parts, Readiness, build_app, feed_check
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


def build(settings: MetricsSettings) -> FastAPI:
    """The REST API."""
    return build_api(Factory(settings))


def build_api(factory: Factory) -> FastAPI:
    """The REST API from a factory; tests bring their own clock and upstream services."""
    live = factory.live_copy
    site = Site(factory)

    async def copy_check() -> Readiness:
        served = live.served
        detail = {"edition": served.edition.number, "rows": served.copy.rows}
        return Readiness("columnar copy", True, detail)

    answering = (
        coverage_router(),
        series_router(),
        comparison_router(),
        standing_router(),
        members_router(),
        targets_router(),
        forecast_router(),
        forecast_members_router(),
    )
    state = {
        "count_coverage": factory.count_coverage,
        "issue_receipt": factory.issue_receipt,
        "evaluate_targets": factory.evaluate_targets,
        "tell_forecast": factory.tell_forecast,
        "keep_targets": factory.keep_targets,
        "definitions": factory.definitions,
        "count_series": factory.count_series,
        "compare_coverage": factory.compare_coverage,
        "tell_standing": factory.tell_standing,
        "list_due": factory.list_due,
        "list_members": factory.list_members,
        "settings": factory.settings,
        "labels": factory.labels,
    }
    own = OwnAnswers(answering, state)
    worker = _worker(factory, own)
    retention = Retention(factory.database, factory.settings, "job", "idempotency_key")
    return build_app(
        Parts(
            name="metrics",
            title="Metrics 党建覆盖统计服务",
            description=DESCRIPTION,
            version=version("metrics-api"),
            settings=factory.settings,
            database=factory.database,
            bell=factory.bell,
            migrations=migrations(factory.settings),
            routers=(
                *answering,
                charts_router(),
                definitions_router(),
                freshness_router(),
                jobs_router(),
                dashboard_router(),
            ),
            errors=ERRORS,
            state={
                **state,
                "own_answers": own,
                "start_job": factory.start_job,
                "tell_freshness": factory.tell_freshness,
                "site": site,
                "drawn_charts": site.charts,
            },
            background=(
                live.running,
                factory.show_headlines.running,
                worker.running,
                retention.running,
                lambda: _closing(factory),
            ),
            checks=(copy_check, *(feed_check(factory.database, feed) for feed in FEEDS)),
            tags=TAGS,
            examples=files("metrics_api") / "api" / "examples.json",
        )
    )


def _worker(factory: Factory, own: OwnAnswers) -> Worker:
    """Runs the jobs that make files of answers."""
    work = AnswerJobs(own, factory.database, factory.labels)
    handlers = {EXPORT: work.export, REPORT_PACK: work.report_pack}
    return Worker(factory.database, factory.bell, handlers, factory.settings.job_crash_limit)


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
            bell=factory.bell,
            migrations=migrations(settings),
            routers=(),
            errors=ERRORS,
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
