"""The router's tables. Documents are JSON text exactly as the API shows it."""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from servicekit.database import new_metadata
from servicekit.follower import follower_tables
from servicekit.jobs import job_table
from servicekit.ledger import idempotency_table, ledger_tables

metadata = new_metadata()
ledger, ledger_head = ledger_tables(metadata)
feed_cursor, parked_event = follower_tables(metadata)
job = job_table(metadata)
idempotency_key = idempotency_table(metadata)

jurisdiction_edition = Table(
    "jurisdiction_edition",
    metadata,
    Column("only", SmallInteger, primary_key=True, autoincrement=False),
    Column("edition", BigInteger, nullable=False),
)
"""One row that counts changes of directory and rule sets. Whoever assesses holds it shared,
whoever changes them holds it alone: no organization is assessed by what is being replaced."""

area = Table(
    "area",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("former_names", Text, nullable=False, comment="JSON: [[name, until], …]"),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
)

area_parent = Table(
    "area_parent",
    metadata,
    Column("child", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("parent", Text, nullable=False, index=True),
)
"""Dated parent edges: a street that is transferred has two."""

area_successor = Table(
    "area_successor",
    metadata,
    Column("code", Text, primary_key=True),
    Column("successor", Text, primary_key=True, index=True),
    Column("valid_from", Date, nullable=False),
)
"""From a date on, `successor` stands (alone or with others) where `code` stood."""

area_code = Table(
    "area_code",
    metadata,
    Column("area", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("code", Text, nullable=False),
    Index("area_code_code_idx", "system", "code"),
)
"""Codes of areas in other systems than GB/T 2260."""

body = Table(
    "body",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("area_code", Text, nullable=False, index=True),
    Column("system", Text),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("successor", Text),
    Column("former_names", Text, nullable=False, comment="JSON: [[name, until], …]"),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
)

rule_set = Table(
    "rule_set",
    metadata,
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("content", Text, nullable=False, comment="canonical JSON of the file"),
    Column("document", Text, nullable=False, comment="JSON: what the file says of itself"),
    Column("authors", ARRAY(Text), nullable=False, comment="everyone who wrote a version of it"),
    Column("proof", Text, comment="JSON: what came of proof and tests; null until asked for"),
    Column("proved", Boolean, nullable=False),
    Column("plan", Text, comment="JSON: what was approved and is not done yet"),
    Column("stopped", Text, comment="JSON: why the last plan was not carried out"),
    Column("planned_for", Date, index=True, comment="the day of the plan"),
)
"""Rule sets in every stage of their life. The content changes only until it is first approved."""

enactment = Table(
    "enactment",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("rule_set", Text, nullable=False),
)
"""Which rule set is in force where and when; stretches of one scope never overlap."""

organization = Table(
    "organization",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("registry_revision", Integer, nullable=False),
    Column("assignment_revision", Integer, nullable=False),
)
"""An organization that is known, and how often its facts and its assignment have changed."""

fact = Table(
    "fact",
    metadata,
    Column("id", Uuid, primary_key=True, comment="of the SHA-256 of `facts`"),
    Column("facts", Text, nullable=False, comment="JSON: what decides"),
    Column("domicile", Text, index=True),
    Column("registering", Text, index=True),
)
"""Distinct facts, each once: a register has far fewer of them than organizations. Whatever is asked
of the whole register is decided here once per row. Facts nobody has any more stay."""

fact_period = Table(
    "fact_period",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("fact", Uuid, index=True, comment="null: it has ceased"),
)
"""The facts of an organization over valid time: what is needed to assess it again without asking
the registry."""

assignment = Table(
    "assignment",
    metadata,
    Column("organization_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("area", Text, nullable=False, comment="access area: domicile, else authority"),
    Column("outcome", Text, nullable=False),
    Column("rule_set", Text),
    Column("rule", Text, index=True),
    Column("basis", Text),
    Column("body_id", Text, index=True),
    Column("body_kind", Text),
    Column("flags", ARRAY(Text), nullable=False),
    Column("decision", Text, nullable=False),
    Column("state", Text, nullable=False, comment="JSON as feeds carry it"),
    Index("assignment_outcome_idx", "outcome", "organization_id"),
    Index("assignment_flags_idx", "flags", postgresql_using="gin"),
    Index(
        "assignment_area_idx",
        "area",
        "organization_id",
        postgresql_ops={"area": "text_pattern_ops"},
    ),
)
"""One row per stretch of an organization's assignment timeline."""

decision = Table(
    "decision",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("flip", Text, comment="the one fact that would give another body"),
    Column("affiliation", Text, comment="recorded, a kind of body"),
)
"""Decision documents. Organizations with equal facts in equal surroundings share one."""

override = Table(
    "override",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organization_id", Uuid, nullable=False, index=True),
    Column("body_id", Text, nullable=False, index=True),
    Column("area", Text, nullable=False, comment="access area when it was made"),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
)
"""Designations that outrank the rules; one that was withdrawn ends on the day it begins."""

dispute = Table(
    "dispute",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organization_id", Uuid, nullable=False),
    Column("body_id", Text, nullable=False, index=True),
    Column("area", Text, nullable=False, comment="access area when it was raised"),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False, comment="open, settled or withdrawn"),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Index(
        "dispute_open_idx",
        "organization_id",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
)
"""A body says "not ours"; one open dispute per organization."""

restructuring = Table(
    "restructuring",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False, comment="draft or applied"),
    Column("areas", ARRAY(Text), nullable=False, comment="every area it touches"),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
)
"""Restructurings of areas and bodies, each one transaction once it is applied."""

directory_import = Table(
    "directory_import",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client", Text, nullable=False, comment="who sent it"),
    Column("state", Text, nullable=False, comment="inactive, active or withdrawn"),
    Column("areas", ARRAY(Text), nullable=False, comment="it lies in these, as a whole"),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
)
"""Areas and bodies that were sent, to be looked at before they count."""

directory_import_item = Table(
    "directory_import_item",
    metadata,
    Column("import", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, comment="of the file, where it has lines"),
    Column("what", Text, comment="area or body; null where it cannot be told"),
    Column("key", Text, comment="code or id"),
    Column("change", Text, nullable=False, comment="added, changed, ended, unchanged, refused"),
    Column("before", Text, comment="JSON: what was held when it was compared"),
    Column("after", Text, comment="JSON: what it gives; null where it cannot be read"),
    Column("errors", Text, nullable=False, comment="JSON: what is wrong with it"),
    Index("directory_import_item_change_idx", "import", "change", "number"),
)
"""What an import gives, item by item, beside what was held when it was last compared."""

reassessment = Table(
    "reassessment",
    metadata,
    Column("job", Uuid, primary_key=True),
    Column("organization_id", Uuid, primary_key=True),
)
"""Organizations that wait for a job to assess them again."""

impact = Table(
    "impact",
    metadata,
    Column("id", Uuid, primary_key=True, comment="of the job that computed it"),
    Column("valid_on", Date, nullable=False, comment="the day that is summed up"),
    Column("assessed", Integer, nullable=False, comment="organizations in the territory that day"),
    Column("digest", Text, nullable=False, comment="of the whole list of moves"),
    Column("computed_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
)
"""What another jurisdiction would change in the register, as it was computed."""

impact_flow = Table(
    "impact_flow",
    metadata,
    Column("impact", Uuid, primary_key=True),
    Column("flow", Integer, primary_key=True, autoincrement=False),
    Column("before", Text, nullable=False, comment="JSON of the answer, or null"),
    Column("after", Text, nullable=False, comment="JSON of the answer, or null"),
    Column("key", Text, nullable=False, comment="outcomes and bodies, for the digest"),
)
"""From whom to whom: each pair of answers that occurs."""

impact_move = Table(
    "impact_move",
    metadata,
    Column("impact", Uuid, primary_key=True),
    Column("organization_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("area", Text, nullable=False, comment="access area, as in assignment"),
    Column("area_after", Text, nullable=False, comment="access area once it has moved"),
    Column("flow", Integer, nullable=False),
    Index("impact_move_flow_idx", "impact", "flow"),
)
"""Every organization that would move, and over which days."""
