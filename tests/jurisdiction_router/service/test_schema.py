"""The tables in the code and the migrations agree."""

import asyncio

from servicekit.database import Migrations


async def test_the_migrations_build_the_tables_in_the_code(empty_database_url: str) -> None:
    migrations = Migrations("jurisdiction_router", empty_database_url)
    await asyncio.to_thread(migrations.upgrade)
    await asyncio.to_thread(migrations.check)
    await asyncio.to_thread(migrations.downgrade, "base")
    await asyncio.to_thread(migrations.upgrade)
