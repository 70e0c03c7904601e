"""The tables of a ledger and of idempotency keys, and the ledger's SQL function."""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)


def ledger_tables(metadata: MetaData) -> tuple[Table, Table]:
    """The tables `ledger` and `ledger_head`, declared in a service's metadata."""
    ledger = Table(
        "ledger",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("id", Uuid, nullable=False),
        Column("subject", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("type", Text, nullable=False),
        Column("effective_on", Date, nullable=False),
        Column("recorded_at", TIMESTAMP(timezone=True), nullable=False),
        Column("actor", Text, nullable=False),
        Column("areas", ARRAY(Text), nullable=False),
        Column("event", Text, nullable=False, comment="canonical JSON, without its digest"),
        Column("digest", LargeBinary, nullable=False),
        UniqueConstraint("subject", "revision"),
        Index(None, "recorded_at"),
    )
    head = Table(
        "ledger_head",
        metadata,
        Column("single", SmallInteger, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("recorded_at", TIMESTAMP(timezone=True), nullable=False),
        Column("algorithm", String(16), nullable=False),
        CheckConstraint("single = 1", name="single_row"),
    )
    return ledger, head


def idempotency_table(metadata: MetaData) -> Table:
    """The table `idempotency_key`, declared in a service's metadata."""
    return Table(
        "idempotency_key",
        metadata,
        Column("client", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False),
        Column("status", SmallInteger),
        Column("location", Text),
        Column("body", Text),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
        Index(None, "created_at"),
    )


CREATE_LEDGER_FUNCTION = """
CREATE FUNCTION ledger_append(
    ids uuid[], subjects text[], revisions int[], types text[], effective date[],
    actors text[], touched text[], befores text[], betweens text[], afters text[]
) RETURNS TABLE (appended_position bigint, appended_at timestamptz)
LANGUAGE plpgsql AS $function$
DECLARE
    head ledger_head%ROWTYPE;
    stamp text;
    body text;
BEGIN
    SELECT * INTO STRICT head FROM ledger_head WHERE single = 1 FOR UPDATE;
    IF head.algorithm <> 'sha256' THEN
        RAISE EXCEPTION 'ledger_append chains sha256 only, this ledger uses %', head.algorithm;
    END IF;
    head.recorded_at := greatest(clock_timestamp(), head.recorded_at);
    stamp := to_char(head.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    FOR i IN 1 .. cardinality(ids) LOOP
        head.position := head.position + 1;
        body := befores[i] || head.position || betweens[i] || stamp || afters[i];
        head.digest := sha256(head.digest || convert_to(body, 'UTF8'));
        INSERT INTO ledger VALUES (
            head.position, ids[i], subjects[i], revisions[i], types[i], effective[i],
            head.recorded_at, actors[i],
            CASE WHEN touched[i] = '' THEN '{}' ELSE string_to_array(touched[i], ',') END,
            body, head.digest);
        appended_position := head.position;
        appended_at := head.recorded_at;
        RETURN NEXT;
    END LOOP;
    UPDATE ledger_head SET position = head.position, digest = head.digest,
        recorded_at = head.recorded_at WHERE single = 1;
    PERFORM pg_notify('ledger', head.position::text);
END
$function$
"""
"""Appends events in one round trip; migrations of every service with a ledger execute it."""

CREATE_HEAD_ROW = (
    "INSERT INTO ledger_head VALUES (1, 0, decode(repeat('00', 32), 'hex'), 'epoch', 'sha256')"
)
"""The empty ledger; migrations execute it after creating the tables."""

DROP_LEDGER_FUNCTION = "DROP FUNCTION ledger_append"
