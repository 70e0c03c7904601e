"""The tables in the code and the migrations agree, both ways."""

import asyncio

from servicekit.database import Migrations


async def test_migrations_build_the_tables_of_the_code_and_can_be_undone(
    empty_database_url: str,
) -> None:
    migrations = Migrations("registry_api", empty_database_url)
    await asyncio.to_thread(migrations.upgrade)
    await asyncio.to_thread(migrations.check)
    await asyncio.to_thread(migrations.downgrade, "base")
    await asyncio.to_thread(migrations.upgrade)
