"""Assignments

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
        "area",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("former_names", sa.Text(), nullable=False, comment="JSON: [[name, until], …]"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("area_pkey")),
    )
    op.create_table(
        "area_parent",
        sa.Column("child", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("child", "valid_from", name=op.f("area_parent_pkey")),
    )
    op.create_index(op.f("area_parent_parent_idx"), "area_parent", ["parent"], unique=False)
    op.create_table(
        "area_successor",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", "successor", name=op.f("area_successor_pkey")),
    )
    op.create_index(
        op.f("area_successor_successor_idx"), "area_successor", ["successor"], unique=False
    )
    op.create_table(
        "area_code",
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("area", "system", "valid_from", name=op.f("area_code_pkey")),
    )
    op.create_index("area_code_code_idx", "area_code", ["system", "code"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "area", sa.Text(), nullable=False, comment="access area: domicile, else authority"
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("body_id", sa.Text(), nullable=True),
        sa.Column("body_kind", sa.Text(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="JSON as feeds carry it"),
        sa.PrimaryKeyConstraint("organization_id", "valid_from", name=op.f("assignment_pkey")),
    )
    op.create_index(
        "assignment_area_idx",
        "assignment",
        ["area", "organization_id"],
        unique=False,
        postgresql_ops={"area": "text_pattern_ops"},
    )
    op.create_index(op.f("assignment_body_id_idx"), "assignment", ["body_id"], unique=False)
    op.create_index(
        "assignment_outcome_idx", "assignment", ["outcome", "organization_id"], unique=False
    )
    op.create_index(
        "assignment_flags_idx", "assignment", ["flags"], unique=False, postgresql_using="gin"
    )
    op.create_index(op.f("assignment_rule_idx"), "assignment", ["rule"], unique=False)
    op.create_table(
        "body",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("former_names", sa.Text(), nullable=False, comment="JSON: [[name, until], …]"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("body_pkey")),
    )
    op.create_index(op.f("body_area_code_idx"), "body", ["area_code"], unique=False)
    op.create_table(
        "decision",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column(
            "flip", sa.Text(), nullable=True, comment="the one fact that would give another body"
        ),
        sa.Column("affiliation", sa.Text(), nullable=True, comment="recorded, a kind of body"),
        sa.PrimaryKeyConstraint("digest", name=op.f("decision_pkey")),
    )
    op.create_table(
        "feed_cursor",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column(
            "updated_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("feed", name=op.f("feed_cursor_pkey")),
    )
    op.create_table(
        "jurisdiction_edition",
        sa.Column("only", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("jurisdiction_edition_pkey")),
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
        sa.Column("registry_revision", sa.Integer(), nullable=False),
        sa.Column("assignment_revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("organization_pkey")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the SHA-256 of `facts`"),
        sa.Column("facts", sa.Text(), nullable=False, comment="JSON: what decides"),
        sa.Column("domicile", sa.Text(), nullable=True),
        sa.Column("registering", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("fact_pkey")),
    )
    op.create_index(op.f("fact_domicile_idx"), "fact", ["domicile"], unique=False)
    op.create_index(op.f("fact_registering_idx"), "fact", ["registering"], unique=False)
    op.create_table(
        "fact_period",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("fact", sa.Uuid(), nullable=True, comment="null: it has ceased"),
        sa.PrimaryKeyConstraint("organization_id", "valid_from", name=op.f("fact_period_pkey")),
    )
    op.create_index(op.f("fact_period_fact_idx"), "fact_period", ["fact"], unique=False)
    op.create_table(
        "impact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the job that computed it"),
        sa.Column("valid_on", sa.Date(), nullable=False, comment="the day that is summed up"),
        sa.Column(
            "assessed",
            sa.Integer(),
            nullable=False,
            comment="organizations in the territory that day",
        ),
        sa.Column("digest", sa.Text(), nullable=False, comment="of the whole list of moves"),
        sa.Column(
            "computed_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("impact_pkey")),
    )
    op.create_table(
        "impact_flow",
        sa.Column("impact", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Text(), nullable=False, comment="JSON of the answer, or null"),
        sa.Column("after", sa.Text(), nullable=False, comment="JSON of the answer, or null"),
        sa.Column("key", sa.Text(), nullable=False, comment="outcomes and bodies, for the digest"),
        sa.PrimaryKeyConstraint("impact", "flow", name=op.f("impact_flow_pkey")),
    )
    op.create_table(
        "impact_move",
        sa.Column("impact", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("area", sa.Text(), nullable=False, comment="access area, as in assignment"),
        sa.Column("area_after", sa.Text(), nullable=False, comment="access area once it has moved"),
        sa.Column("flow", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "impact", "organization_id", "valid_from", name=op.f("impact_move_pkey")
        ),
    )
    op.create_index("impact_move_flow_idx", "impact_move", ["impact", "flow"], unique=False)
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
        "parked_event",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "parked_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("feed", "subject", "position", name=op.f("parked_event_pkey")),
    )
    _create_what_is_decided()
    _create_imports()
    op.create_table(
        "restructuring",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="draft or applied"),
        sa.Column("areas", sa.ARRAY(sa.Text()), nullable=False, comment="every area it touches"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("restructuring_pkey")),
    )
    op.create_table(
        "reassessment",
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("job", "organization_id", name=op.f("reassessment_pkey")),
    )
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="canonical JSON of the file"),
        sa.Column(
            "document", sa.Text(), nullable=False, comment="JSON: what the file says of itself"
        ),
        sa.Column(
            "authors",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="everyone who wrote a version of it",
        ),
        sa.Column(
            "proof",
            sa.Text(),
            nullable=True,
            comment="JSON: what came of proof and tests; null until asked for",
        ),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column(
            "plan", sa.Text(), nullable=True, comment="JSON: what was approved and is not done yet"
        ),
        sa.Column(
            "stopped",
            sa.Text(),
            nullable=True,
            comment="JSON: why the last plan was not carried out",
        ),
        sa.Column("planned_for", sa.Date(), nullable=True, comment="the day of the plan"),
        sa.PrimaryKeyConstraint("id", name=op.f("rule_set_pkey")),
    )
    op.create_index(op.f("rule_set_planned_for_idx"), "rule_set", ["planned_for"], unique=False)
    op.create_table(
        "enactment",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "valid_from", name=op.f("enactment_pkey")),
    )
    op.execute("INSERT INTO jurisdiction_edition VALUES (1, 0)")
    op.execute(CREATE_HEAD_ROW)
    op.execute(CREATE_LEDGER_FUNCTION)


def _create_imports() -> None:
    op.create_table(
        "directory_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False, comment="who sent it"),
        sa.Column("state", sa.Text(), nullable=False, comment="inactive, active or withdrawn"),
        sa.Column(
            "areas", sa.ARRAY(sa.Text()), nullable=False, comment="it lies in these, as a whole"
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("directory_import_pkey")),
    )
    op.create_table(
        "directory_import_item",
        sa.Column("import", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), nullable=True, comment="of the file, where it has lines"),
        sa.Column(
            "what", sa.Text(), nullable=True, comment="area or body; null where it cannot be told"
        ),
        sa.Column("key", sa.Text(), nullable=True, comment="code or id"),
        sa.Column(
            "change",
            sa.Text(),
            nullable=False,
            comment="added, changed, ended, unchanged, refused",
        ),
        sa.Column(
            "before", sa.Text(), nullable=True, comment="JSON: what was held when it was compared"
        ),
        sa.Column(
            "after",
            sa.Text(),
            nullable=True,
            comment="JSON: what it gives; null where it cannot be read",
        ),
        sa.Column("errors", sa.Text(), nullable=False, comment="JSON: what is wrong with it"),
        sa.PrimaryKeyConstraint("import", "number", name=op.f("directory_import_item_pkey")),
    )
    op.create_index(
        "directory_import_item_change_idx",
        "directory_import_item",
        ["import", "change", "number"],
        unique=False,
    )


def _create_what_is_decided() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False, comment="access area when it was made"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("override_pkey")),
    )
    op.create_index(
        op.f("override_organization_id_idx"), "override", ["organization_id"], unique=False
    )
    op.create_index(op.f("override_body_id_idx"), "override", ["body_id"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False, comment="access area when it was raised"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="open, settled or withdrawn"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("dispute_pkey")),
    )
    op.create_index(op.f("dispute_body_id_idx"), "dispute", ["body_id"], unique=False)
    op.create_index(
        "dispute_open_idx",
        "dispute",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.execute(DROP_LEDGER_FUNCTION)
    _drop_imports()
    op.drop_table("enactment")
    op.drop_index(op.f("rule_set_planned_for_idx"), table_name="rule_set")
    op.drop_table("rule_set")
    op.drop_table("reassessment")
    op.drop_table("restructuring")
    op.drop_index(
        "dispute_open_idx", table_name="dispute", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index(op.f("dispute_body_id_idx"), table_name="dispute")
    op.drop_table("dispute")
    op.drop_index(op.f("override_body_id_idx"), table_name="override")
    op.drop_index(op.f("override_organization_id_idx"), table_name="override")
    op.drop_table("override")
    op.drop_table("parked_event")
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
    op.drop_index("impact_move_flow_idx", table_name="impact_move")
    op.drop_table("impact_move")
    op.drop_table("impact_flow")
    op.drop_table("impact")
    op.drop_index(op.f("fact_period_fact_idx"), table_name="fact_period")
    op.drop_table("fact_period")
    op.drop_index(op.f("fact_registering_idx"), table_name="fact")
    op.drop_index(op.f("fact_domicile_idx"), table_name="fact")
    op.drop_table("fact")
    op.drop_table("organization")
    op.drop_table("ledger_head")
    op.drop_index(op.f("ledger_recorded_at_idx"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_table("jurisdiction_edition")
    op.drop_table("feed_cursor")
    op.drop_table("decision")
    op.drop_index(op.f("body_area_code_idx"), table_name="body")
    op.drop_table("body")
    op.drop_index("assignment_flags_idx", table_name="assignment", postgresql_using="gin")
    op.drop_index(op.f("assignment_rule_idx"), table_name="assignment")
    op.drop_index("assignment_outcome_idx", table_name="assignment")
    op.drop_index(op.f("assignment_body_id_idx"), table_name="assignment")
    op.drop_index(
        "assignment_area_idx", table_name="assignment", postgresql_ops={"area": "text_pattern_ops"}
    )
    op.drop_table("assignment")
    op.drop_index("area_code_code_idx", table_name="area_code")
    op.drop_table("area_code")
    op.drop_index(op.f("area_successor_successor_idx"), table_name="area_successor")
    op.drop_table("area_successor")
    op.drop_index(op.f("area_parent_parent_idx"), table_name="area_parent")
    op.drop_table("area_parent")
    op.drop_table("area")


def _drop_imports() -> None:
    op.drop_index("directory_import_item_change_idx", table_name="directory_import_item")
    op.drop_table("directory_import_item")
    op.drop_table("directory_import")
