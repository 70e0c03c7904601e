"""Telling how far the registry's feed has been followed."""

from typing import Any

from jurisdiction_router.assessment.feed_rows import feed_status
from servicekit.auth import Caller
from servicekit.database import Database

REGISTRY_FEED = "registry"


async def tell_feed_status(database: Database, caller: Caller) -> dict[str, Any]:
    """Position, head, lag and parked subjects.

    A caller limited to areas gets no parked subjects: what could not be read has no area.
    """
    async with database.reading() as connection:
        found = await feed_status(connection, REGISTRY_FEED)
    return found if caller.areas is None else {**found, "parked": []}
