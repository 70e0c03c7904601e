"""The router's ASGI apps: the one that serves, and the small one of the follower."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files

import httpx
from fastapi import FastAPI

from jurisdiction_router.assessment.follow import FEED, RegistryFeed
from jurisdiction_router.assignments import routes as assignments
from jurisdiction_router.decisions import routes as decisions
from jurisdiction_router.directory import routes as directory
from jurisdiction_router.directory_changes import routes as directory_changes
from jurisdiction_router.directory_imports import routes as directory_imports
from jurisdiction_router.factory import SOURCE, Services, compose, migrations
from jurisdiction_router.impacts import routes as impacts
from jurisdiction_router.overrides import routes as overrides
from jurisdiction_router.restructurings import routes as restructurings
from jurisdiction_router.rule_sets import routes as rule_sets
from jurisdiction_router.settings import Settings
from servicekit.errors import read_rules
from servicekit.follower import Follower, feed_check, feed_status_router, following
from servicekit.http import Parts, build_app, service_client
from servicekit.jobs import job_router
from servicekit.ledger import feed_router
from servicekit.time import Clock

DESCRIPTION = """\
Who supervises a social organization's Party building (社会组织党建由谁领导和管理), since when,
under which clause, and what would change it.

An answer is a pure function of the organization's facts, the rule sets and the directory of areas
and bodies, each over valid time (civil dates, half-open). Every assignment keeps its decision:
facts, trace, clause, sentences in zh and en. Follow `/v1/changes` to stay in step.
"""

TAGS = [
    {"name": "assignments", "description": "归口 Who supervises whom"},
    {"name": "decisions", "description": "判断 Answers for facts in the request"},
    {"name": "rule sets", "description": "规则集 Decision tables as data"},
    {"name": "impacts", "description": "影响 What a proposal would change in the register"},
    {"name": "overrides", "description": "指定与争议 Designations that outrank rules; disputes"},
    {"name": "directory", "description": "区划与党组织 Areas and bodies"},
    {"name": "restructurings", "description": "区划调整 Areas and bodies changed together"},
    {"name": "changes", "description": "变更订阅 The feed of changes"},
    {"name": "operation", "description": "运行 Health, version, metrics"},
]


def build(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The app that serves; connects to nothing before it starts."""
    services = compose(settings, clock)

    return build_app(
        Parts(
            name=SOURCE,
            title="Jurisdiction Router 社会组织党建归口",
            description=DESCRIPTION,
            version=version("jurisdiction-router"),
            settings=settings,
            database=services.database,
            notifications=services.notifications,
            migrations=migrations(settings),
            routers=[
                assignments.router,
                decisions.router,
                rule_sets.router,
                impacts.router,
                directory_changes.router,
                directory.router,
                directory_imports.router,
                feed_status_router("router:read", FEED),
                job_router("router:read"),
                overrides.router,
                restructurings.router,
                feed_router("router:read"),
            ],
            rules=read_rules("jurisdiction_router"),
            state={"services": services.by_type()},
            background=[
                lambda: services.ledger.settled(services.database),
                services.worker.running,
                services.retention.running,
                services.activate_due_rule_sets.running,
            ],
            checks=[feed_check(services.database, FEED)],
            tags=TAGS,
            examples=files("jurisdiction_router") / "examples.json",
        )
    )


def make_follower(services: Services, client: httpx.AsyncClient) -> Follower:
    """The follower of the registry that `client` reaches; tests call its `step`."""
    feed = RegistryFeed(services.current, services.assess_organizations)
    return Follower(FEED, services.database, client, feed.apply)


@asynccontextmanager
async def open_followers(settings: Settings) -> AsyncIterator[list[Follower]]:
    """The follower as commands use it, not running."""
    services = compose(settings)
    try:
        async with service_client(settings.registry_url, settings) as client:
            yield [make_follower(services, client)]
    finally:
        await services.database.close()


def build_follower(settings: Settings) -> FastAPI:
    """The follower's app: health routes, and the follower in the background."""
    services = compose(settings)

    @asynccontextmanager
    async def follow() -> AsyncIterator[None]:
        async with (
            service_client(settings.registry_url, settings) as client,
            following([make_follower(services, client)]),
        ):
            yield

    return build_app(
        Parts(
            name=f"{SOURCE} follow",
            title="Jurisdiction Router: follower",
            description="Keeps assignments in step with the registry.",
            version=version("jurisdiction-router"),
            settings=settings,
            database=services.database,
            notifications=services.notifications,
            migrations=migrations(settings),
            routers=[],
            rules=read_rules("jurisdiction_router"),
            background=[follow],
            checks=[feed_check(services.database, FEED)],
        )
    )
