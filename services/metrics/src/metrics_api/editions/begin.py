"""Begin the next edition, inside the transaction whose change it is."""

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.editions import rows

CHANNEL = "edition"
"""NOTIFY channel that rings at each commit that made an edition."""


async def begin_edition(
    connection: AsyncConnection,
    registry_position: int = 0,
    router_position: int = 0,
    directory: bool = False,
) -> int:
    """Make the next edition, which includes at least the given positions; its number.

    `directory` says whether it changes areas, bodies or rule sets.

    From here to the commit no other page of either feed is applied: both halves of a fact are
    read, joined and written under this lock, and editions commit in their order. NOTIFY reaches
    listeners with the commit.
    """
    await connection.execute(rows.LOCK)
    bound = {"registry": registry_position, "router": router_position, "directory": directory}
    number: int = (await connection.execute(rows.BEGIN, bound)).scalar_one()
    await connection.execute(rows.NOTIFY, {"channel": CHANNEL, "payload": str(number)})
    return number
