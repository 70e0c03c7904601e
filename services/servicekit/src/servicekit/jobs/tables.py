"""The table of jobs, for a service's metadata."""

from sqlalchemy import (
    ARRAY,
    JSON,
    TIMESTAMP,
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)


def job_table(metadata: MetaData) -> Table:
    """The table `job`, declared in a service's metadata."""
    return Table(
        "job",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("state", String(16), nullable=False),
        Column("done", BigInteger, nullable=False, server_default="0"),
        Column("total", BigInteger),
        Column("errors", BigInteger, nullable=False, server_default="0"),
        Column("params", JSON, nullable=False),
        Column("result", JSON),
        Column("client", Text, nullable=False),
        Column("areas", ARRAY(Text)),
        Column("attempt", Integer, nullable=False, server_default="0"),
        Column("crashes", Integer, nullable=False, server_default="0"),
        Column("lease_until", TIMESTAMP(timezone=True)),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
        Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
        Index(
            "job_waiting_idx", "created_at", postgresql_where=text("state IN ('queued', 'running')")
        ),
        Index(
            "job_ended_idx", "updated_at", postgresql_where=text("state IN ('succeeded', 'failed')")
        ),
    )
