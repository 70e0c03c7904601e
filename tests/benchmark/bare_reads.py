"""The least that a handler can do: check the token, one statement on a pool, send the bytes.

What `registry_read` measures the registry against; run as a process of its own:

    python -m tests.benchmark.bare_reads PORT
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, Request, Response

from registry_api.settings import Settings
from servicekit.auth import Caller, TokenVerifier
from servicekit.database import plain_dsn
from servicekit.http import require

_ONE = "SELECT document FROM organization WHERE id = $1"
_PAGE = """
    SELECT json_agg(document::json)::text
    FROM (SELECT document FROM organization ORDER BY id LIMIT $1) AS page
"""

Reader = Annotated[Caller, Depends(require("registry:read"))]


async def ready() -> Response:
    """Whether it serves."""
    return Response("ok")


async def one(request: Request, caller: Reader, identifier: UUID) -> Response:
    """An organization's document."""
    document = await request.app.state.pool.fetchval(_ONE, identifier)
    return Response(document, media_type="application/json")


async def page(request: Request, caller: Reader, limit: int) -> Response:
    """The first documents."""
    documents = await request.app.state.pool.fetchval(_PAGE, limit)
    return Response(documents, media_type="application/json")


def build(settings: Settings) -> FastAPI:
    """The app on the registry's own database."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.verifier = TokenVerifier(settings)
        dsn = plain_dsn(settings.database_url.get_secret_value())
        async with asyncpg.create_pool(
            dsn, min_size=settings.pool_size, max_size=settings.pool_size
        ) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)
    app.get("/readyz")(ready)
    app.get("/v1/organizations")(page)
    app.get("/v1/organizations/{identifier}")(one)
    return app


if __name__ == "__main__":
    uvicorn.run(
        build(Settings()), port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False
    )
