"""The tables of the database `metrics`.

What is believed now has no `edition_until`; what was believed stays, with the edition that ended
it. Nothing but `feed_cursor` and `parked_event` can't be rebuilt from the two feeds.
"""

from datetime import date

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from metrics_api.core.facts.columns import COLUMNS
from servicekit.database import new_metadata
from servicekit.follower import follower_tables
from servicekit.jobs import job_table
from servicekit.ledger import idempotency_table

OPEN_END = date.max
"""How a row says that a period is open: PostgreSQL's `infinity`; `None` in Python."""


def closed_end(until: date) -> date | None:
    """The end of a period as a row has it; None for an open one."""
    return None if until == OPEN_END else until


metadata = new_metadata()

feed_cursor, parked_event = follower_tables(metadata)

edition = Table(
    "edition",
    metadata,
    Column("edition", BigInteger, primary_key=True, autoincrement=False),
    Column("registry_position", BigInteger, nullable=False),
    Column("router_position", BigInteger, nullable=False),
    Column("recorded_at", TIMESTAMP(timezone=True), nullable=False),
    Column(
        "directory",
        Boolean,
        nullable=False,
        comment="whether it changed an area, a body or a rule set",
    ),
    comment="this service's knowledge counter, and how much of each feed an edition includes",
)

rebuild = Table(
    "rebuild",
    metadata,
    Column("rebuild", BigInteger, Identity(always=True), primary_key=True),
    Column("recorded_at", TIMESTAMP(timezone=True), nullable=False),
    comment="each time that all of the below was made anew from the feeds",
)

subject_timeline = Table(
    "subject_timeline",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("organization", Text, comment="what the registry tells: JSON of [from, until, facts]"),
    Column("assignment", Text, comment="what the router tells, likewise"),
    comment="the two halves of each organization's facts, as known now",
)

_FACT_TYPES = {
    "code": Text,
    "text": Text,
    "integer": Integer,
    "boolean": Boolean,
    "label": Text,
    "date": Date,
}

fact = Table(
    "fact",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("edition_from", BigInteger, primary_key=True, autoincrement=False),
    Column("valid_until", Date, nullable=False),
    Column("edition_until", BigInteger),
    Column("row_id", BigInteger, Identity(always=True), nullable=False),
    *(Column(column.name, _FACT_TYPES[column.type]) for column in COLUMNS),
    comment="the fact timeline over both times",
)
Index(
    "fact_believed_idx",
    fact.c.organization_id,
    fact.c.valid_from,
    unique=True,
    postgresql_where=text("edition_until IS NULL"),
)
Index("fact_opened_idx", fact.c.edition_from)
Index("fact_closed_idx", fact.c.edition_until, postgresql_where=text("edition_until IS NOT NULL"))

area_version = Table(
    "area_version",
    metadata,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("edition_from", BigInteger, primary_key=True, autoincrement=False),
    Column("valid_until", Date, nullable=False),
    Column("edition_until", BigInteger),
    Column("level", Text, nullable=False),
    Column("parent", Text),
    Column("name", Text, nullable=False),
    Column("successors", JSONB, nullable=False, comment="all that ever succeed it: [code, day]"),
    comment="the router's areas over both times",
)

body_version = Table(
    "body_version",
    metadata,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("edition_from", BigInteger, primary_key=True, autoincrement=False),
    Column("valid_until", Date, nullable=False),
    Column("edition_until", BigInteger),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("area_code", Text),
    Column("successor", Text),
    comment="the router's bodies over both times; code is the body's id",
)

rule_set_version = Table(
    "rule_set_version",
    metadata,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("edition_from", BigInteger, primary_key=True, autoincrement=False),
    Column("valid_until", Date, nullable=False),
    Column("edition_until", BigInteger),
    Column("scope", Text),
    Column("digest", Text),
    comment="the router's rule sets over both times; code is the rule set's id",
)

own_target = Table(
    "own_target",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("edition_from", BigInteger, primary_key=True, autoincrement=False),
    Column("edition_until", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("areas", ARRAY(Text), nullable=False, comment="division codes it speaks of"),
    Column("client", Text, nullable=False, comment="who set it so"),
    comment="targets that users set, by edition",
)
Index(
    "own_target_believed_idx",
    own_target.c.id,
    unique=True,
    postgresql_where=text("edition_until IS NULL"),
)

idempotency_key = idempotency_table(metadata)

job = job_table(metadata)

job_file = Table(
    "job_file",
    metadata,
    Column("job_id", Uuid, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    comment="files that jobs made, in pieces",
)
