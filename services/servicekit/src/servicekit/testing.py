"""What tests of every service need: tokens, a database of their own, a running app.

Nothing here replaces a real part: the database is PostgreSQL, tokens are signed and checked.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import make_url

from servicekit.database.engines import plain_dsn
from servicekit.database.migrations import Migrations

ISSUER = "urn:test"
AUDIENCE = "social-organizations"
ALL_SCOPES = (
    "registry:read registry:write router:read router:write router:approve "
    "metrics:read metrics:write ops"
)


class TestKeys:
    """A key pair whose public half lies in a JWKS file."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": f"test-{uuid4().hex[:8]}"})
        self.jwks_file = folder / "jwks.json"
        self.jwks_file.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}))

    def token(
        self,
        scope: str = ALL_SCOPES,
        areas: list[str] | None = None,
        client: str = "tester",
        **claims: Any,
    ) -> str:
        """A signed access token; `claims` replace the usual ones (None removes)."""
        now = int(time.time())
        body: dict[str, Any] = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": client, "client_id": client,
            "iat": now, "exp": now + 3600, "jti": uuid4().hex, "scope": scope,
        }  # fmt: skip
        if areas is not None:
            body["areas"] = areas
        body.update(claims)
        body = {name: value for name, value in body.items() if value is not None}
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, body, self._key)

    def headers(self, scope: str = ALL_SCOPES, **claims: Any) -> dict[str, str]:
        """The Authorization header of such a token."""
        return {"authorization": f"Bearer {self.token(scope, **claims)}"}


class TestDatabases:
    """Databases copied from one migrated template per service (20–26 ms each)."""

    __test__ = False

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._templates: dict[str, str] = {}

    async def create(self, package: str | None) -> str:
        """The URL of a fresh database at the newest schema of `package` (empty for None)."""
        name = f"test_{uuid4().hex[:12]}"
        template = await self._template(package) if package else "template1"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self._url(name)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        await self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    async def _template(self, package: str) -> str:
        if package not in self._templates:
            name = f"template_{package}_{uuid4().hex[:8]}"
            await self._execute(f'CREATE DATABASE "{name}"')
            await asyncio.to_thread(Migrations(package, self._url(name)).upgrade)
            self._templates[package] = name
        return self._templates[package]

    def _url(self, name: str) -> str:
        return make_url(self._admin_url).set(database=name).render_as_string(hide_password=False)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(dsn=plain_dsn(self._admin_url))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def leave_jobs(url: str, client: str, number: int) -> None:
    """Unfinished jobs of a client, of a kind nobody works on."""
    connection = await asyncpg.connect(dsn=plain_dsn(url))
    try:
        await connection.execute(
            "INSERT INTO job (id, kind, state, params, client) "
            "SELECT gen_random_uuid(), 'nobody''s', 'queued', '{}', $1 FROM generate_series(1, $2)",
            client,
            number,
        )
    finally:
        await connection.close()


@asynccontextmanager
async def running(app: FastAPI, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, started (with its background work) and stopped around the block."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://service", headers=headers, timeout=60
        ) as client:
            yield client
