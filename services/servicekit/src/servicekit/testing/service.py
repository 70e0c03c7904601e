"""A service under test: the real app over ASGI, on a migrated database, with trusted tokens."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Generic, TypeVar

import httpx
from fastapi import FastAPI

from servicekit.settings import ServiceSettings
from servicekit.testing.databases import TestDatabases
from servicekit.testing.keys import AUDIENCE, ISSUER, TestKeys

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


class TestService(Generic[SettingsT]):
    """Starts one service as tests need it, any number of times.

    Args:
        package: whose migrations make the database.
        model: the service's settings.
        build: the app of settings; tests close over their clock here.
        databases: where its databases come from.
        keys: what it trusts.
        usual: settings that differ from those of all services under test.
    """

    __test__ = False

    def __init__(
        self,
        package: str,
        model: type[SettingsT],
        build: Callable[[SettingsT], FastAPI],
        databases: TestDatabases,
        keys: TestKeys,
        **usual: Any,
    ) -> None:
        self._package = package
        self._model = model
        self._build = build
        self._databases = databases
        self._keys = keys
        self._usual = usual

    def database(self) -> AbstractAsyncContextManager[str]:
        """The URL of an empty database at the newest schema, for as long as the block lasts."""
        return self._databases.fresh(self._package)

    def settings(self, url: str, **changes: Any) -> SettingsT:
        """Settings on the database at `url` that trust the test's keys; `changes` replace some."""
        usual = {
            "database_url": url,
            "jwks_file": self._keys.jwks_file,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "pool_size": 5,
        }
        return self._model.model_validate({**usual, **self._usual, **changes})

    @asynccontextmanager
    async def running(
        self, url: str | None = None, **changes: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client with every scope of the running service.

        On the database at `url`, or on one of its own; `changes` are settings.
        """
        async with AsyncExitStack() as stack:
            if url is None:
                url = await stack.enter_async_context(self.database())
            app = self._build(self.settings(url, **changes))
            yield await stack.enter_async_context(running(app, **self._keys.headers()))


@asynccontextmanager
async def running(app: FastAPI, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, started (with its background work) and stopped around the block."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://service", headers=headers, timeout=60
        ) as client:
            yield client
