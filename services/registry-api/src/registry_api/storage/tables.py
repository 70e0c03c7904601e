"""The registry's tables."""

from sqlalchemy import (
    JSON,
    TIMESTAMP,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from registry_api.storage.facet_columns import facet_columns
from servicekit.database import new_metadata
from servicekit.jobs import job_table
from servicekit.ledger import idempotency_table, ledger_tables

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
    *facet_columns(),
    Column("name_pairs", ARRAY(Integer), nullable=False, comment="domain.name_pairs, to search by"),
    Index("organization_credit_code_key", "credit_code", unique=True),
    Index(
        "organization_filing_number_key",
        text("coalesce(authority_division, '')"),
        "filing_number",
        unique=True,
        postgresql_where=text("filing_number IS NOT NULL"),
    ),
    Index(
        "organization_filing_number_idx",
        "filing_number",
        postgresql_where=text("filing_number IS NOT NULL"),
    ),
    Index("organization_area_idx", "area", "id", postgresql_ops={"area": "text_pattern_ops"}),
    Index("organization_name_idx", "name", "id"),
    Index("organization_name_pairs_idx", "name_pairs", postgresql_using="gin"),
)
"""The current row of each organization. `document` is sent as it is; the other columns are copies
of its fields to filter by. The whole history is in `ledger`."""

void_organization = Table(
    "void_organization",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("area", Text, nullable=False, comment="the access area it had last"),
)
"""Organizations entered in error: no longer in `organization`, still met by lists of the past.
When and why stands in the ledger."""

former_identifier = Table(
    "former_identifier",
    metadata,
    Column("kind", Text, primary_key=True, comment="credit_code or filing_number"),
    Column("value", Text, primary_key=True),
    Column("organization_id", Uuid, primary_key=True),
)
"""What organizations were named before, or are named on other days: `storage.former_identifiers`.
Also of those that are void."""

obligation = Table(
    "obligation",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("due_on", Date, nullable=False, comment="last day of the term; infinity: none is set"),
    Column("until", Date, nullable=False, comment="first day on which it is not owed any more"),
    Index("obligation_due_idx", "kind", "due_on", "organization_id"),
)
"""What each organization owes by its current state, now or on a day ahead: `domain.obligations`.
Without a foreign key: its check would cost an import more than the rows themselves do."""

candidate = Table(
    "candidate",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "organization_id",
        Uuid,
        ForeignKey("organization.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("election_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("post", Text, nullable=False),
    Column("name_sealed", LargeBinary, comment="a natural person's name, encrypted"),
    Index(None, "election_id", "number"),
    Index(None, "organization_id"),
)
"""Posts and sealed names of candidates under review; never in the ledger, a feed or an export. What
the reviews said stands in the organization's state, by the candidate's id."""

restricted_access = Table(
    "restricted_access",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    Column("client", Text, nullable=False),
    Column("organization_id", Uuid, nullable=False),
    Column("what", Text, nullable=False),
)
"""Who read restricted fields, and when."""

upload_chunk = Table(
    "upload_chunk",
    metadata,
    Column("job_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""An uploaded file in pieces, so that an import survives a restart on any machine."""

import_remark = Table(
    "import_remark",
    metadata,
    Column("job_id", Uuid, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("severity", String(8), primary_key=True, comment="error or notice"),
    Column("line", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("field", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("value", Text),
    Column("facts", JSON, nullable=False),
)
"""Something to say about a row of an imported file: a broken rule, or what was interpreted."""

import_refused_row = Table(
    "import_refused_row",
    metadata,
    Column("job_id", Uuid, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("line", BigInteger, primary_key=True, comment="0: the header"),
    Column("cells", ARRAY(Text), nullable=False),
)
"""A refused row as it was written, for the official who mends it."""
