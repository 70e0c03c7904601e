"""The fact timeline, its two halves, the directory, editions and feed cursors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TEXT_FACTS = (
    "area", "kind", "institution_type", "category", "level", "mode", "grade",
    "supervisor_system", "status", "size_band", "party_form", "party_mode",
    "charter_state", "charter_wording", "demonstration_state", "name", "code", "outcome", "supervising_body", "body_kind",
    "rule_set", "rule", "basis",
)  # fmt: skip
INTEGER_FACTS = (
    "party_units", "full_members", "probationary_members", "inspection_year", "life_quarter",
    "life_member_meetings", "life_lectures", "training_year", "secretary_hours",
)  # fmt: skip
BOOLEAN_FACTS = (
    "has_instructor", "has_liaison", "has_organizer", "secretary_cross_posted",
    "inspection_party_section",
)  # fmt: skip
DATE_FACTS = ("grade_until", "term_from", "term_until", "abnormal_since")
BELIEVED = sa.text("edition_until IS NULL")
NO_LONGER = sa.text("edition_until IS NOT NULL")


def upgrade() -> None:
    """To this revision."""
    _create_follower_tables()
    op.create_table(
        "edition",
        sa.Column("edition", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("registry_position", sa.BigInteger, nullable=False),
        sa.Column("router_position", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "directory",
            sa.Boolean,
            nullable=False,
            comment="whether it changed an area, a body or a rule set",
        ),
        comment="this service's knowledge counter, and how much of each feed an edition includes",
    )
    op.create_table(
        "rebuild",
        sa.Column("rebuild", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        comment="each time that all of the below was made anew from the feeds",
    )
    op.create_table(
        "subject_timeline",
        sa.Column("organization_id", sa.Uuid, primary_key=True),
        sa.Column(
            "organization", sa.Text, comment="what the registry tells: JSON of [from, until, facts]"
        ),
        sa.Column("assignment", sa.Text, comment="what the router tells, likewise"),
        comment="the two halves of each organization's facts, as known now",
    )
    op.create_table(
        "fact",
        *_both_times(sa.Column("organization_id", sa.Uuid, primary_key=True)),
        sa.Column("row_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text) for name in TEXT_FACTS),
        *(sa.Column(name, sa.Integer) for name in INTEGER_FACTS),
        *(sa.Column(name, sa.Boolean) for name in BOOLEAN_FACTS),
        *(sa.Column(name, sa.Date) for name in DATE_FACTS),
        comment="the fact timeline over both times",
    )
    op.create_index(
        "fact_believed_idx",
        "fact",
        ["organization_id", "valid_from"],
        unique=True,
        postgresql_where=BELIEVED,
    )
    op.create_index("fact_opened_idx", "fact", ["edition_from"])
    op.create_index("fact_closed_idx", "fact", ["edition_until"], postgresql_where=NO_LONGER)
    op.create_table(
        "area_version",
        *_both_times(sa.Column("code", sa.Text, primary_key=True)),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "successors", JSONB, nullable=False, comment="all that ever succeed it: [code, day]"
        ),
        comment="the router's areas over both times",
    )
    op.create_table(
        "body_version",
        *_both_times(sa.Column("code", sa.Text, primary_key=True)),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("area_code", sa.Text),
        sa.Column("successor", sa.Text),
        comment="the router's bodies over both times; code is the body's id",
    )
    op.create_table(
        "rule_set_version",
        *_both_times(sa.Column("code", sa.Text, primary_key=True)),
        sa.Column("scope", sa.Text),
        sa.Column("digest", sa.Text),
        comment="the router's rule sets over both times; code is the rule set's id",
    )
    _create_own_targets()
    _create_jobs()


def _create_own_targets() -> None:
    op.create_table(
        "own_target",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("edition_from", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("edition_until", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("definition", JSONB, nullable=False),
        sa.Column(
            "areas", sa.ARRAY(sa.Text), nullable=False, comment="division codes it speaks of"
        ),
        sa.Column("client", sa.Text, nullable=False, comment="who set it so"),
        comment="targets that users set, by edition",
    )
    op.create_index(
        "own_target_believed_idx",
        "own_target",
        ["id"],
        unique=True,
        postgresql_where=BELIEVED,
    )
    op.create_table(
        "idempotency_key",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("location", sa.Text),
        sa.Column("body", sa.Text),
        sa.Column(
            "created_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )
    op.create_index("idempotency_key_created_at_idx", "idempotency_key", ["created_at"])


def _create_jobs() -> None:
    now = sa.func.now()
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger),
        sa.Column("errors", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("areas", sa.ARRAY(sa.Text)),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease_until", sa.TIMESTAMP(timezone=True)),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=now),
    )
    for name, column, states in (
        ("job_waiting_idx", "created_at", "'queued', 'running'"),
        ("job_ended_idx", "updated_at", "'succeeded', 'failed'"),
    ):
        op.create_index(name, "job", [column], postgresql_where=sa.text(f"state IN ({states})"))
    op.create_table(
        "job_file",
        sa.Column("job_id", sa.Uuid, sa.ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        comment="files that jobs made, in pieces",
    )


def _both_times(subject: sa.Column[object]) -> list[sa.Column[object]]:
    return [
        subject,
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("edition_from", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("edition_until", sa.BigInteger),
    ]


def _create_follower_tables() -> None:
    now = sa.func.now()
    op.create_table(
        "feed_cursor",
        sa.Column("feed", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=now),
    )
    op.create_table(
        "parked_event",
        sa.Column("feed", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("parked_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=now),
    )


def downgrade() -> None:
    """Back to the one before."""
    for name in (
        "job_file", "job", "idempotency_key", "own_target", "rule_set_version", "body_version",
        "area_version", "fact", "subject_timeline", "rebuild", "edition",
        "parked_event", "feed_cursor",
    ):  # fmt: skip
        op.drop_table(name)
