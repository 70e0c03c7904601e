"""`/healthz` alive, `/readyz` able to serve, `/version` what runs, `/metrics` for Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.database.migrations import Migrations
from servicekit.errors.declared import responses
from servicekit.errors.standard import InsufficientScope, InvalidToken
from servicekit.http.access import require
from servicekit.http.strict_query import refuse_unknown_parameters

_CHECK_SECONDS = 5
"""An orchestrator's probe must hear "not ready", not time out."""

POOL_USE = Gauge("database_pool_connections", "Connections in use", ["engine"])
POOL_SIZE = Gauge("database_pool_size", "Connections that may be in use", ["engine"])


@dataclass(frozen=True, slots=True)
class Readiness:
    """What one check found; `ok` False takes the process out of service."""

    name: str
    ok: bool
    detail: dict[str, Any]


Check = Callable[[], Awaitable[Readiness]]


def schema_check(database: Database, migrations: Migrations) -> Check:
    """The database answers and is at the revision this code needs."""

    async def database_check() -> Readiness:
        async with database.reading() as connection:
            current = await migrations.current(connection)
        needed = migrations.head()
        return Readiness("database", current == needed, {"schema": current, "needed": needed})

    return database_check


def health_router(
    name: str, version: str, commit: str, checks: Sequence[Check], migrations: Migrations
) -> APIRouter:
    """The four operational routes; only `/metrics` needs a token (scope `ops`)."""
    router = APIRouter(tags=["operation"], dependencies=[Depends(refuse_unknown_parameters)])
    _add_probes(router, checks)
    _add_version(router, name, version, commit, migrations)
    _add_metrics(router)
    return router


def _add_probes(router: APIRouter, checks: Sequence[Check]) -> None:
    @router.get("/healthz", operation_id="healthz", summary="Alive 存活")
    async def healthz() -> dict[str, str]:
        """The process runs and answers."""
        return {"status": "ok"}

    @router.get(
        "/readyz",
        operation_id="readyz",
        summary="Ready to serve 就绪",
        responses={503: {"description": "Not ready 未就绪"}},
    )
    async def readyz(request: Request) -> JSONResponse:
        """Database, schema revision and feeds; 503 while one of them keeps it from serving.

        Also 503 from SIGTERM on, while requests are still served: new ones shall go elsewhere.
        """
        results = await asyncio.gather(*(_guarded(check) for check in checks))
        draining = request.app.state.draining
        ready = all(item.ok for item in results) and not draining
        return JSONResponse(
            {
                "status": "draining" if draining else "ready" if ready else "not ready",
                "checks": {item.name: {"ok": item.ok, **item.detail} for item in results},
            },
            200 if ready else 503,
        )


def _add_version(
    router: APIRouter, name: str, version: str, commit: str, migrations: Migrations
) -> None:
    @router.get("/version", operation_id="version", summary="What runs here 版本")
    async def version_() -> dict[str, str]:
        """Service, version, commit and the schema revision it needs."""
        return {"service": name, "version": version, "commit": commit, "schema": migrations.head()}


def _add_metrics(router: APIRouter) -> None:
    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Prometheus metrics 监控指标",
        response_class=Response,
        responses={
            200: {"description": "Prometheus text", "content": {"text/plain": {}}},
            **responses(InvalidToken, InsufficientScope),
        },
    )
    async def metrics(
        request: Request, caller: Annotated[Caller, Depends(require("ops"))]
    ) -> Response:
        """Requests, feed lag, jobs, parked subjects and pool use."""
        database: Database = request.app.state.database
        for engine, used in database.pool_use().items():
            POOL_USE.labels(engine).set(used)
            POOL_SIZE.labels(engine).set(database.pool_size)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _guarded(check: Check) -> Readiness:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except Exception as error:  # a check that can't run is a check that fails
        return Readiness(
            getattr(check, "__name__", "check"), False, {"error": type(error).__name__}
        )
