"""The tables of a follower, for a service's metadata."""

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)


def follower_tables(metadata: MetaData) -> tuple[Table, Table]:
    """The tables `feed_cursor` and `parked_event`, declared in a service's metadata."""
    cursor = Table(
        "feed_cursor",
        metadata,
        Column("feed", Text, primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("head", BigInteger, nullable=False),
        Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    )
    parked = Table(
        "parked_event",
        metadata,
        Column("feed", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("position", BigInteger, primary_key=True),
        Column("event", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("parked_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    )
    return cursor, parked
