"""The register

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from servicekit.ledger import CREATE_HEAD_ROW, CREATE_LEDGER_FUNCTION, DROP_LEDGER_FUNCTION

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("idempotency_key_pkey")),
    )
    op.create_index("idempotency_key_created_at_idx", "idempotency_key", ["created_at"])
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("errors", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("areas", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("job_pkey")),
    )
    op.create_index(
        "job_waiting_idx",
        "job",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index(
        "job_ended_idx",
        "job",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('succeeded', 'failed')"),
    )
    op.create_table(
        "ledger",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("areas", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("event", sa.Text(), nullable=False, comment="canonical JSON, without its digest"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("ledger_pkey")),
        sa.UniqueConstraint("subject", "revision", name=op.f("ledger_subject_revision_key")),
    )
    op.create_index(op.f("ledger_recorded_at_idx"), "ledger", ["recorded_at"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("single", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.CheckConstraint("single = 1", name=op.f("ledger_head_single_row_check")),
        sa.PrimaryKeyConstraint("single", name=op.f("ledger_head_pkey")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "document", sa.Text(), nullable=False, comment="JSON exactly as the API shows it"
        ),
        sa.Column("first_effective_on", sa.Date(), nullable=False),
        sa.Column("last_effective_on", sa.Date(), nullable=False),
        sa.Column(
            "area", sa.Text(), nullable=False, comment="access area: domicile, else authority"
        ),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("filing_number", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("institution_type", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("registration_mode", sa.Text(), nullable=True),
        sa.Column("registration_level", sa.Text(), nullable=True),
        sa.Column("authority_division", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("supervisor_system", sa.Text(), nullable=True),
        sa.Column("licence_issuer", sa.Text(), nullable=True),
        sa.Column("affiliation", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("full_time_staff", sa.Integer(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("grade_valid_until", sa.Date(), nullable=True),
        sa.Column("charter_state", sa.Text(), nullable=False),
        sa.Column("charter_wording", sa.Text(), nullable=True),
        sa.Column("full_members", sa.Integer(), nullable=True),
        sa.Column("probationary_members", sa.Integer(), nullable=True),
        sa.Column("party_organization_form", sa.Text(), nullable=True),
        sa.Column("party_organization_mode", sa.Text(), nullable=True),
        sa.Column("party_established_on", sa.Date(), nullable=True),
        sa.Column("party_term_until", sa.Date(), nullable=True),
        sa.Column("secretary_cross_posted", sa.Boolean(), nullable=True),
        sa.Column("demonstration_state", sa.Text(), nullable=True),
        sa.Column("demonstration_review_result", sa.Text(), nullable=True),
        sa.Column("inspection_year", sa.Integer(), nullable=True),
        sa.Column("inspection_result", sa.Text(), nullable=True),
        sa.Column("evaluation_proposed", sa.Text(), nullable=True),
        sa.Column("evaluation_outcome", sa.Text(), nullable=True),
        sa.Column("evaluation_ground", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("election_state", sa.Text(), nullable=True),
        sa.Column("abnormal_ground", sa.Text(), nullable=True),
        sa.Column("recommendation_purpose", sa.Text(), nullable=True),
        sa.Column("has_party_organization", sa.Boolean(), nullable=False),
        sa.Column("has_instructor", sa.Boolean(), nullable=False),
        sa.Column("has_liaison", sa.Boolean(), nullable=False),
        sa.Column("has_organizer", sa.Boolean(), nullable=False),
        sa.Column(
            "name_pairs",
            sa.ARRAY(sa.Integer()),
            nullable=False,
            comment="domain.name_pairs, to search by",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("organization_pkey")),
    )
    op.create_index(
        "organization_area_idx",
        "organization",
        ["area", "id"],
        unique=False,
        postgresql_ops={"area": "text_pattern_ops"},
    )
    op.create_index(
        "organization_name_idx",
        "organization",
        ["name", "id"],
        unique=False,
    )
    op.create_index(
        "organization_name_pairs_idx",
        "organization",
        ["name_pairs"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "organization_filing_number_idx",
        "organization",
        ["filing_number"],
        unique=False,
        postgresql_where=sa.text("filing_number IS NOT NULL"),
    )
    op.create_index("organization_credit_code_key", "organization", ["credit_code"], unique=True)
    op.create_index(
        "organization_filing_number_key",
        "organization",
        [sa.literal_column("coalesce(authority_division, '')"), "filing_number"],
        unique=True,
        postgresql_where=sa.text("filing_number IS NOT NULL"),
    )
    op.create_table(
        "void_organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False, comment="the access area it had last"),
        sa.PrimaryKeyConstraint("id", name=op.f("void_organization_pkey")),
    )
    op.create_table(
        "former_identifier",
        sa.Column("kind", sa.Text(), nullable=False, comment="credit_code or filing_number"),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "value", "organization_id", name=op.f("former_identifier_pkey")
        ),
    )
    op.create_table(
        "obligation",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column(
            "due_on",
            sa.Date(),
            nullable=False,
            comment="last day of the term; infinity: none is set",
        ),
        sa.Column(
            "until",
            sa.Date(),
            nullable=False,
            comment="first day on which it is not owed any more",
        ),
        sa.PrimaryKeyConstraint("organization_id", "kind", "since", name=op.f("obligation_pkey")),
    )
    op.create_index(
        "obligation_due_idx", "obligation", ["kind", "due_on", "organization_id"], unique=False
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column(
            "name_sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="a natural person's name, encrypted",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("candidate_organization_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("candidate_pkey")),
    )
    op.create_index(
        op.f("candidate_election_id_number_idx"), "candidate", ["election_id", "number"]
    )
    op.create_index(op.f("candidate_organization_id_idx"), "candidate", ["organization_id"])
    op.create_table(
        "restricted_access",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("restricted_access_pkey")),
    )
    op.create_table(
        "upload_chunk",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("upload_chunk_pkey")),
    )
    op.create_table(
        "import_remark",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False, comment="error or notice"),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("import_remark_job_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "job_id", "severity", "line", "number", name=op.f("import_remark_pkey")
        ),
    )
    op.create_table(
        "import_refused_row",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False, comment="0: the header"),
        sa.Column("cells", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("import_refused_row_job_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "line", name=op.f("import_refused_row_pkey")),
    )
    # Uploads are written once and read once: compressing them costs more time than it saves.
    op.execute("ALTER TABLE upload_chunk ALTER COLUMN content SET STORAGE EXTERNAL")
    op.execute(CREATE_HEAD_ROW)
    op.execute(CREATE_LEDGER_FUNCTION)


def downgrade() -> None:
    op.execute(DROP_LEDGER_FUNCTION)
    op.drop_table("import_refused_row")
    op.drop_table("import_remark")
    op.drop_table("upload_chunk")
    op.drop_index(
        "organization_filing_number_key",
        table_name="organization",
        postgresql_where=sa.text("filing_number IS NOT NULL"),
    )
    op.drop_index("organization_credit_code_key", table_name="organization")
    op.drop_index(
        "organization_filing_number_idx",
        table_name="organization",
        postgresql_where=sa.text("filing_number IS NOT NULL"),
    )
    op.drop_index("organization_name_pairs_idx", table_name="organization", postgresql_using="gin")
    op.drop_index("organization_name_idx", table_name="organization")
    op.drop_index(
        "organization_area_idx",
        table_name="organization",
        postgresql_ops={"area": "text_pattern_ops"},
    )
    op.drop_table("restricted_access")
    op.drop_table("candidate")
    op.drop_table("former_identifier")
    op.drop_table("void_organization")
    op.drop_index("obligation_due_idx", table_name="obligation")
    op.drop_table("obligation")
    op.drop_table("organization")
    op.drop_table("ledger_head")
    op.drop_index(op.f("ledger_recorded_at_idx"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_index(
        "job_ended_idx",
        table_name="job",
        postgresql_where=sa.text("state IN ('succeeded', 'failed')"),
    )
    op.drop_index(
        "job_waiting_idx",
        table_name="job",
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_table("job")
    op.drop_index("idempotency_key_created_at_idx", table_name="idempotency_key")
    op.drop_table("idempotency_key")
