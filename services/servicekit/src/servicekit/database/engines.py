"""The two engines of a service: one that writes in transactions, one that only reads.

The read engine runs in autocommit: a single-statement read pays no BEGIN and no ROLLBACK, which
halves the time of a GET by id.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import URL, MetaData, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from servicekit.database.fast_reads import RowReads
from servicekit.settings import ServiceSettings

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


_TRANSIENT = ("08", "40", "53", "55P03", "57P", "58")
"""SQLSTATE classes that say nothing about the statement: connection, serialization and deadlock,
resources, lock timeout, shutdown, system (PostgreSQL, appendix A)."""

_ABOUT_FILES = (FileNotFoundError, FileExistsError, IsADirectoryError, PermissionError)
"""What an OSError is when no network is at fault."""

_KEEPALIVE = {
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
}
"""A machine that vanishes gives its advisory locks back after 7 s, not the two hours of TCP."""


def is_unavailable(error: BaseException) -> bool:
    """Whether the database is at fault and not the statement: the same may succeed later."""
    if isinstance(error, _ABOUT_FILES):
        return False
    if isinstance(error, OSError | PoolTimeoutError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    return str(getattr(error, "sqlstate", None) or "").startswith(_TRANSIENT)


def new_metadata() -> MetaData:
    """Table metadata with PostgreSQL's own names of constraints, so that migrations know them."""
    return MetaData(naming_convention=NAMING)


class Database:
    """The engines of one process; made once, disposed of at shutdown."""

    def __init__(self, settings: ServiceSettings) -> None:
        url = settings.database_url.get_secret_value()
        read_url = (
            settings.read_database_url.get_secret_value() if settings.read_database_url else url
        )
        self.url = url
        self.replicated = read_url != url
        self.pool_size = settings.pool_size
        server = {"statement_timeout": str(settings.statement_timeout_ms), "jit": "off"}
        self._write = _engine(url, settings.pool_size, server)
        self._read = _engine(
            read_url,
            settings.pool_size,
            server,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
        )
        self._rows = RowReads(plain_dsn(read_url), settings.pool_size, server)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction: committed at the end, rolled back when anything is raised."""
        async with self._write.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for single-statement reads (autocommit, perhaps on a replica)."""
        async with self._read.connect() as connection:
            yield connection

    async def read_row(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """One row, through the driver alone (see `fast_reads`); $1, $2… are arguments."""
        return await self._rows.row(statement, *arguments)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction in which every statement sees the same state (exports)."""
        async with self._write.connect() as connection:
            await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            async with connection.begin():
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
                yield connection

    async def listen(self) -> asyncpg.Connection:
        """A connection of its own, outside the pools, to LISTEN on or to hold an advisory lock."""
        return await asyncpg.connect(
            dsn=plain_dsn(self.url), timeout=10, server_settings=_KEEPALIVE
        )

    def pool_use(self) -> dict[str, int]:
        """Connections in use now, by engine, for the gauges."""
        write, read = (
            engine.pool.checkedout()  # type: ignore[attr-defined]
            for engine in (self._write, self._read)
        )
        return {"write": write, "read": read + self._rows.in_use()}

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._rows.close()
        await self._write.dispose()
        await self._read.dispose()


def _engine(url: str, size: int, server: dict[str, str], **options: Any) -> AsyncEngine:
    return create_async_engine(
        driver_url(url),
        pool_size=size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,  # an error in a log must not carry what people have written
        connect_args={"server_settings": server, "timeout": 10},
        **options,
    )


def driver_url(url: str) -> URL:
    """The URL for SQLAlchemy over asyncpg, from that or from a libpq URL as platforms hand out."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("sslmode")
    if mode is None:
        return parsed
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def plain_dsn(url: str) -> str:
    """The URL without SQLAlchemy's driver name, as asyncpg and libpq want it."""
    parsed = make_url(url).set(drivername="postgresql")
    mode = parsed.query.get("ssl")
    if mode is not None:
        parsed = parsed.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode})
    return parsed.render_as_string(hide_password=False)


async def copy_rows(
    connection: AsyncConnection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """COPY `rows` into `table` inside the connection's transaction; ten times faster than INSERT.

    SQLAlchemy begins lazily, so an empty statement makes sure that the transaction is open.
    """
    await connection.execute(text("SELECT"))
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection = raw.driver_connection  # type: ignore[assignment]
    await driver.copy_records_to_table(table, columns=list(columns), records=rows)
