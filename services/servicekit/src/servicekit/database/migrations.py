"""Alembic, run from code: each service carries its migrations inside its package."""

import asyncio
import time
from importlib.resources import files
from pathlib import Path

import structlog
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, pool, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from servicekit.database.engines import driver_url

log = structlog.get_logger()

_LOCK_TIMEOUT = "5s"
"""A migration that can't have its lock gives up instead of queueing everyone behind it."""

_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(hashtext('alembic'))")
_SET_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', :limit, true)")
_VERSION_TABLE = text("SELECT to_regclass('alembic_version')")
_VERSION = text("SELECT version_num FROM alembic_version")
_LOOK_AGAIN_SECONDS = 0.5
_LOCK_NOT_AVAILABLE = "55P03"
"""SQLSTATE of a lock time-out (PostgreSQL, appendix A)."""


class StaleSchema(RuntimeError):
    """The database is not at the revision this code needs; `migrate` corrects it."""


class TableBusy(RuntimeError):
    """A migration gave up on a table that somebody holds; nothing has changed."""

    def __init__(self) -> None:
        super().__init__(
            f"a table was in use for more than {_LOCK_TIMEOUT}; nothing has changed. Run the "
            "command again, at best when no long export or backup runs"
        )


class Migrations:
    """The migrations in `package`'s folder `migrations`."""

    def __init__(self, package: str, url: str) -> None:
        self._config = Config()
        folder = Path(str(files(package))) / "migrations"
        # ConfigParser would interpolate a percent sign in the path
        self._config.set_main_option("script_location", str(folder).replace("%", "%%"))
        self._config.set_main_option("path_separator", "os")
        self._config.attributes["url"] = url
        self._head: str | None = None

    def head(self) -> str:
        """The newest revision in the code (read once: probes ask often)."""
        if self._head is None:
            scripts = ScriptDirectory.from_config(self._config)
            self._head = scripts.get_current_head() or ""
        return self._head

    def upgrade(self, revision: str = "head") -> None:
        """Bring the database to `revision`."""
        command.upgrade(self._config, revision)

    def downgrade(self, revision: str) -> None:
        """Take the database back to `revision`."""
        command.downgrade(self._config, revision)

    def check(self) -> None:
        """Raise when the tables in the code and the migrations differ (`alembic check`)."""
        command.check(self._config)

    async def current(self, connection: AsyncConnection) -> str | None:
        """The revision the database is at, None before the first migration."""
        version_table = await connection.execute(_VERSION_TABLE)
        if version_table.scalar_one() is None:
            return None
        version = await connection.execute(_VERSION)
        return version.scalar_one_or_none()

    async def require_current(self, connection: AsyncConnection) -> None:
        """Raise StaleSchema unless the database is at the newest revision."""
        current = await self.current(connection)
        if current != self.head():
            raise StaleSchema(
                f"the schema is at revision {current or 'none'}, this version needs "
                f"{self.head()}; run the command migrate first"
            )


def _wait_for_turn(connection: Connection) -> None:
    """Wait until no other process migrates this database; log once that it waits.

    It tries again and again instead of waiting in the database, where the migrations' lock
    time-out would end the wait.
    """
    announced = False
    while not connection.execute(_TAKE_TURN).scalar_one():
        if not announced:
            log.warning("migrate_waits", why="another process migrates this database")
            announced = True
        time.sleep(_LOOK_AGAIN_SECONDS)


def run_environment(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls: migrate over asyncpg, in one transaction."""
    url = context.config.attributes["url"]

    def migrate(connection: Connection) -> None:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        with context.begin_transaction():
            _wait_for_turn(connection)
            connection.execute(_SET_LOCK_TIMEOUT, {"limit": _LOCK_TIMEOUT})
            try:
                context.run_migrations()
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                    raise TableBusy from error
                raise

    async def online() -> None:
        engine = create_async_engine(driver_url(url), poolclass=pool.NullPool)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
                await connection.commit()
        finally:
            await engine.dispose()

    asyncio.run(online())
