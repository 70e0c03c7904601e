"""How a service's ASGI app is put together; the services differ only in what they hand in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline

from servicekit.auth.verifier import TokenVerifier
from servicekit.database.engines import Database
from servicekit.database.migrations import Migrations
from servicekit.database.notifications import Notifications
from servicekit.errors.messages import Text, read_rules
from servicekit.errors.problem import install_problems
from servicekit.http.dependencies import by_class
from servicekit.http.health import Check, health_router, schema_check
from servicekit.http.openapi import complete_openapi
from servicekit.http.request_bodies import GuardBodies
from servicekit.http.request_slots import RequestSlots
from servicekit.observability.telemetry import Telemetry
from servicekit.observability.tracing import Tracing
from servicekit.settings import ServiceSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class Parts:
    """What a service is made of.

    `services` is what the composition root has made, a dataclass whose fields routes ask for with
    `provided`; `state` goes to `app.state.<name>`; `background` are contexts open while the app
    serves (entered in order, left in reverse); `checks` are asked by `/readyz` beside the
    schema's; `rules` are the messages of broken rules (`read_rules`); `examples` is a file of
    worked examples for the OpenAPI document (see `servicekit.http.openapi`).
    """

    name: str
    title: str
    description: str
    version: str
    settings: ServiceSettings
    database: Database
    notifications: Notifications
    migrations: Migrations
    routers: Sequence[APIRouter]
    rules: Mapping[str, Text] = field(default_factory=read_rules)
    services: object | None = None
    state: dict[str, Any] = field(default_factory=dict)
    background: Sequence[Callable[[], AbstractAsyncContextManager[Any]]] = ()
    checks: Sequence[Check] = ()
    streamed_paths: Collection[str] = ()
    tags: Sequence[dict[str, Any]] = ()
    examples: Traversable | None = None


def build_app(parts: Parts) -> FastAPI:
    """The app; needs no database and no configuration until it starts to serve."""
    tracing = Tracing(parts.name, parts.version, parts.settings)
    app = FastAPIOffline(
        title=parts.title,
        description=parts.description,
        version=parts.version,
        openapi_url="/openapi.json",
        openapi_tags=list(parts.tags) or None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "Where this document was read 本服务"}],
        lifespan=_lifespan(parts, tracing),
        telemetry=tracing.config(),
    )
    app.state.database = parts.database
    app.state.notifications = parts.notifications
    app.state.draining = False
    app.state.transfers = RequestSlots("transfer", parts.settings.transfer_limit)
    app.state.long_polls = RequestSlots("long_poll", parts.settings.long_poll_limit)
    app.state.verifier = TokenVerifier(parts.settings)
    if parts.services is not None:
        app.state.services = by_class(parts.services)
    for name, value in parts.state.items():
        setattr(app.state, name, value)
    checks = [schema_check(parts.database, parts.migrations), *parts.checks]
    operation = health_router(
        parts.name, parts.version, parts.settings.commit, checks, parts.migrations
    )
    for router in (*parts.routers, operation):
        # no include_router: it keeps routers as trees, and matches each request twice on its way in
        app.router.routes.extend(router.routes)
    install_problems(app, parts.rules)
    app.add_middleware(
        GuardBodies, limit=parts.settings.body_limit_bytes, streamed=parts.streamed_paths
    )
    app.add_middleware(Telemetry, version=parts.version, draining=lambda: bool(app.state.draining))
    complete_openapi(app, parts.examples)
    return app


def _lifespan(
    parts: Parts, tracing: Tracing
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Start: schema, keys, notifications, background work. Stop: in reverse, then the pools."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, tracing.end)
            stack.push_async_callback(parts.database.close)
            async with parts.database.reading() as connection:
                await parts.migrations.require_current(connection)
            await app.state.verifier.check_start()
            await stack.enter_async_context(parts.notifications.running())
            for background in parts.background:
                await stack.enter_async_context(background())
            log.info("serving", name=parts.name, version=parts.version)
            yield
            log.info("stopping", name=parts.name)

    return lifespan
