"""Tell who read restricted fields, and when."""

from collections.abc import AsyncIterator
from uuid import UUID

from registry_api.elections import rows
from registry_api.elections.rows import RestrictedRead
from servicekit.database import Database


async def restricted_reads(
    database: Database, organization: UUID | None
) -> AsyncIterator[RestrictedRead]:
    """The audit entries of such reads, oldest first; of one organization if it is given."""
    after = 0
    async with database.reading() as connection:
        while page := await rows.restricted_reads(connection, organization, after):
            for read in page:
                yield read
            after = page[-1].id
