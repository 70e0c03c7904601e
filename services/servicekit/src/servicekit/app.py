"""How a service's ASGI app is put together; the services differ only in what they hand in."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel

from servicekit.auth import TokenVerifier
from servicekit.bell import Bell
from servicekit.bodies import GuardBodies
from servicekit.database import Database
from servicekit.health import Check, health_router, schema_check
from servicekit.migrations import Migrations
from servicekit.problems import ErrorTable, Problem, ProblemDocument, install_problems
from servicekit.refusals import Violation
from servicekit.settings import ServiceSettings
from servicekit.standard_problems import STANDARD, UNKNOWN_PARAMETER
from servicekit.telemetry import Telemetry

log = structlog.get_logger()


@dataclass(frozen=True)
class Parts:
    """What a service is made of.

    `state` goes to `app.state.<name>`; `background` are contexts open while the app serves (entered
    in order, left in reverse); `checks` are asked by `/readyz` beside the schema's.
    """

    name: str
    title: str
    description: str
    version: str
    settings: ServiceSettings
    database: Database
    bell: Bell
    migrations: Migrations
    routers: Sequence[APIRouter]
    errors: ErrorTable
    state: dict[str, Any] = field(default_factory=dict)
    background: Sequence[Callable[[], AbstractAsyncContextManager[Any]]] = ()
    checks: Sequence[Check] = ()
    streamed_paths: Collection[str] = ()
    tags: Sequence[dict[str, Any]] = ()


def build_app(parts: Parts) -> FastAPI:
    """The app; needs no database and no configuration until it starts to serve."""
    app = FastAPIOffline(
        title=parts.title,
        description=parts.description,
        version=parts.version,
        openapi_url="/openapi.json",
        openapi_tags=list(parts.tags) or None,
        lifespan=_lifespan(parts),
        dependencies=[Depends(refuse_unknown_parameters)],
    )
    app.state.database = parts.database
    app.state.bell = parts.bell
    app.state.draining = False
    app.state.verifier = TokenVerifier(parts.settings)
    for name, value in parts.state.items():
        setattr(app.state, name, value)
    checks = [schema_check(parts.database, parts.migrations), *parts.checks]
    operation = health_router(
        parts.name, parts.version, parts.settings.commit, checks, parts.migrations
    )
    for router in (*parts.routers, operation):
        app.include_router(router)
    install_problems(app, parts.errors, STANDARD)
    app.add_middleware(
        GuardBodies, limit=parts.settings.body_limit_bytes, streamed=parts.streamed_paths
    )
    app.add_middleware(Telemetry, version=parts.version, draining=lambda: bool(app.state.draining))
    _describe_problems(app)
    return app


def _lifespan(parts: Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Start: schema, keys, bell, background work. Stop: in reverse, then the pools."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(parts.database.close)
            async with parts.database.reading() as connection:
                await parts.migrations.require_current(connection)
            await app.state.verifier.check_start()
            await stack.enter_async_context(parts.bell.running())
            for background in parts.background:
                await stack.enter_async_context(background())
            log.info("serving", name=parts.name, version=parts.version)
            yield
            log.info("stopping", name=parts.name)

    return lifespan


async def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter must not silently mean "all": unknown query parameters are refused."""
    if not request.query_params:
        return
    route = request.scope.get("route")
    dependant: Dependant | None = getattr(route, "dependant", None)
    if dependant is None:
        return
    allowed = _query_names(dependant)
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        listed = ", ".join(sorted(allowed)) or "-"
        raise Problem(
            UNKNOWN_PARAMETER,
            *(
                Violation(f"/{name}", "unknown_parameter", name, {"allowed": listed})
                for name in dict.fromkeys(unknown)
            ),
        )


def _query_names(dependant: Dependant) -> set[str]:
    """Of the route and of all it depends on; a model of parameters counts as its fields."""
    names: set[str] = set()
    for parameter in dependant.query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = model.model_fields.items()
            names |= {str(field.validation_alias or field.alias or name) for name, field in fields}
        else:
            names.add(parameter.alias)
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return names


def _describe_problems(app: FastAPI) -> None:
    """Put the problem document into the specification, in place of FastAPI's own errors."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["ProblemDocument"] = problem
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path in document["paths"].values():
            for operation in path.values():
                _replace_default_error(operation)
        app.openapi_schema = document
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _replace_default_error(operation: dict[str, Any]) -> None:
    found = operation.get("responses", {}).get("422")
    if found and "HTTPValidationError" in str(found):
        operation["responses"]["422"] = {
            "description": "`invalid-request` The request breaks rules 请求内容不符合规则",
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"}
                }
            },
        }
