"""Its tables: what servicekit declares, and a note that people can write."""

from sqlalchemy import Column, Integer, Table, Text

from servicekit.database.engines import new_metadata
from servicekit.follower.tables import follower_tables
from servicekit.jobs.tables import job_table
from servicekit.ledger.schema import idempotency_table, ledger_tables

metadata = new_metadata()
ledger, ledger_head = ledger_tables(metadata)
feed_cursor, parked_event = follower_tables(metadata)
idempotency_key = idempotency_table(metadata)
job = job_table(metadata)
note = Table(
    "note",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("applied", Integer, nullable=False),
    Column("timeline", Text, nullable=False),
)
