"""Notifications: a waiter can be stopped at any moment."""

import asyncio

from pydantic import SecretStr

from servicekit.database.engines import Database
from servicekit.database.notifications import Notifications
from servicekit.settings import ServiceSettings


async def test_a_waiter_that_is_cancelled_as_the_bell_rings_ends() -> None:
    database = Database(ServiceSettings(database_url=SecretStr("postgresql://nowhere/none")))
    notifications = Notifications(database, "work")

    async def wait_for_ever() -> None:
        while True:
            await notifications.wait("work", 60)

    for turns in range(4):
        waiter = asyncio.create_task(wait_for_ever())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        notifications.wake("work")
        for _ in range(turns):
            await asyncio.sleep(0)
        waiter.cancel()
        ended, _ = await asyncio.wait([waiter], timeout=5)
        assert ended, f"{turns} turns of the loop after the notification"
    await database.close()
