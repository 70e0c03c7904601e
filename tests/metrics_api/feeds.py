"""A feed to follow: servicekit's real ledger and route over a database of its own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from servicekit.auth import TokenVerifier
from servicekit.database import Database, Notifications, new_metadata
from servicekit.follower import FeedEvent
from servicekit.ledger import (
    CHANNEL,
    CREATE_HEAD_ROW,
    CREATE_LEDGER_FUNCTION,
    Ledger,
    NewEvent,
    feed_router,
    ledger_tables,
)
from servicekit.settings import ServiceSettings
from servicekit.testing import AUDIENCE, ISSUER, TestDatabases, TestKeys


class Feed:
    """A ledger that is served as a feed; `client` may read it."""

    def __init__(self, source: str, database: Database, client: httpx.AsyncClient) -> None:
        self.client = client
        self._ledger = Ledger(source)
        self._database = database

    async def append(self, events: Sequence[FeedEvent]) -> None:
        """Put `events` behind those already there."""
        async with self._database.transaction() as connection:
            await self._ledger.append(connection, [_new(event) for event in events])


@asynccontextmanager
async def feed_of(source: str, databases: TestDatabases, keys: TestKeys) -> AsyncIterator[Feed]:
    """An empty feed named `source`."""
    url = await databases.create(None)
    settings = ServiceSettings(
        database_url=SecretStr(url),
        pool_size=2,
        jwks_file=keys.jwks_file,
        issuer=ISSUER,
        audience=AUDIENCE,
    )
    database = Database(settings)
    metadata = new_metadata()
    ledger_tables(metadata)
    async with database.transaction() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text(CREATE_LEDGER_FUNCTION))
        await connection.execute(text(CREATE_HEAD_ROW))
    app = FastAPI()
    app.include_router(feed_router("registry:read"))
    app.state.database = database
    app.state.notifications = Notifications(database, CHANNEL)
    app.state.verifier = TokenVerifier(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.state.notifications.running(),
        httpx.AsyncClient(
            transport=transport, base_url=f"http://{source}", headers=keys.headers("registry:read")
        ) as client,
    ):
        yield Feed(source, database, client)
    await database.close()
    await databases.drop(url)


def _new(event: FeedEvent) -> NewEvent:
    return NewEvent(
        subject=event.subject,
        revision=event.revision,
        type=event.type,
        effective_on=event.effective_on,
        actor=event.actor,
        reason=event.reason,
        change=event.change,
        timeline=event.timeline,
    )
