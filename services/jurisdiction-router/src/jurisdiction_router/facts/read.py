"""Reading facts: the places that a change touches, and the distinct facts that lie there."""

from collections.abc import AsyncIterator, Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.directory.change import DirectoryChange, places_within
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.facts import DistinctFacts
from jurisdiction_router.facts import rows


async def touched_places(
    connection: AsyncConnection, before: Directory, after: Directory, change: DirectoryChange
) -> list[str]:
    """The organizations' division codes that a change touches."""
    every = await rows.all_places(connection)
    return places_within(every, before, after, change.codes(before))


async def places_of(connection: AsyncConnection, directory: Directory, scope: str) -> list[str]:
    """The organizations' division codes that lie in a territory."""
    every = await rows.all_places(connection)
    return [place for place in every if scope in directory.above(place)]


async def count_facts(connection: AsyncConnection, places: Collection[str]) -> int:
    """How many distinct facts `facts_in` yields."""
    return await rows.count_facts_in(connection, places)


async def facts_in(
    connection: AsyncConnection, places: Collection[str], size: int
) -> AsyncIterator[Sequence[DistinctFacts]]:
    """Distinct facts that lie in one of these division codes, `size` at a time."""
    async for part in rows.facts_in(connection, places, size):
        yield part
