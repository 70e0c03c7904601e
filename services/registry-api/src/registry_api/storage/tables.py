"""The registry's tables."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from servicekit.database import new_metadata
from servicekit.idempotency import idempotency_table
from servicekit.jobs import job_table
from servicekit.ledger_schema import ledger_tables

metadata = new_metadata()

ledger, ledger_head = ledger_tables(metadata)
idempotency_key = idempotency_table(metadata)
job = job_table(metadata)

organization = Table(
    "organization",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False, comment="JSON exactly as the API shows it"),
    Column("first_effective_on", Date, nullable=False),
    Column("last_effective_on", Date, nullable=False),
    Column("area", Text, nullable=False, comment="access area: domicile, else authority"),
    Column("credit_code", Text),
    Column("filing_number", Text),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("institution_type", Text),
    Column("category", Text),
    Column("registration_mode", Text),
    Column("registration_level", Text),
    Column("authority_division", Text),
    Column("supervisor_system", Text),
    Column("status", Text, nullable=False),
    Column("grade", Text),
    Column("charter_state", Text, nullable=False),
    Column("party_organization_mode", Text),
    Column("full_members", Integer),
    Column("registered_on", Date),
    Index("organization_credit_code_key", "credit_code", unique=True),
    Index(
        "organization_filing_number_key",
        text("coalesce(authority_division, '')"),
        "filing_number",
        unique=True,
        postgresql_where=text("filing_number IS NOT NULL AND credit_code IS NULL"),
    ),
    Index("organization_area_idx", "area", "id", postgresql_ops={"area": "text_pattern_ops"}),
)
"""The current row of each organization. `document` is sent as it is; the other columns are copies
of its fields to filter by. The whole history is in `ledger`."""

upload_chunk = Table(
    "upload_chunk",
    metadata,
    Column("job_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""An uploaded file in pieces, so that an import survives a restart on any machine."""

import_error = Table(
    "import_error",
    metadata,
    Column("job_id", Uuid, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("field", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("value", Text),
    Column("facts", JSON, nullable=False),
)
"""One broken rule of one row of an imported file."""
