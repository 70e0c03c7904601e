"""The migrations and the tables in the code are one."""

import asyncio

from metrics_api.factory import PACKAGE, migrations
from metrics_api.settings import MetricsSettings
from servicekit.database import Migrations


async def test_migrations_make_the_tables_of_the_code(settings: MetricsSettings) -> None:
    await asyncio.to_thread(migrations(settings).check)


async def test_migrations_go_back_to_nothing(empty_database_url: str) -> None:
    steps = Migrations(PACKAGE, empty_database_url)
    for step in (steps.upgrade, lambda: steps.downgrade("base"), steps.upgrade):
        await asyncio.to_thread(step)
