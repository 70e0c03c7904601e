"""Statements over editions and rebuilds."""

from sqlalchemy import BigInteger, Boolean, bindparam, text

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('metrics:edition', 0))")
BEGIN = text(
    "INSERT INTO edition (edition, registry_position, router_position, recorded_at, directory) "
    "SELECT coalesce(max(edition), 0) + 1, "
    "greatest(coalesce(max(registry_position), 0), :registry), "
    "greatest(coalesce(max(router_position), 0), :router), clock_timestamp(), :directory "
    "FROM (SELECT * FROM edition ORDER BY edition DESC LIMIT 1) AS newest RETURNING edition"
).bindparams(
    bindparam("registry", type_=BigInteger),
    bindparam("router", type_=BigInteger),
    bindparam("directory", type_=Boolean),
)
NOTIFY = text("SELECT pg_notify(:channel, :payload)")
NEWEST = text(
    "SELECT edition, registry_position, router_position, recorded_at FROM edition "
    "ORDER BY edition DESC LIMIT 1"
)
AT = text(
    "SELECT edition, registry_position, router_position, recorded_at FROM edition "
    "WHERE edition = :number"
)
EVERY = text(
    "SELECT edition, registry_position, router_position, recorded_at FROM edition ORDER BY edition"
)
DIRECTORY_CHANGED = text("SELECT EXISTS (SELECT FROM edition WHERE edition > :after AND directory)")
CORRECT = text(
    "UPDATE edition SET registry_position = :registry, router_position = :router, "
    "directory = :directory WHERE edition = :number AND (registry_position, router_position, "
    "directory) IS DISTINCT FROM (:registry, :router, :directory)"
).bindparams(bindparam("registry", type_=BigInteger), bindparam("router", type_=BigInteger))
RECORD_REBUILD = text("INSERT INTO rebuild (recorded_at) VALUES (clock_timestamp())")
NEWEST_REBUILD = text("SELECT coalesce(max(rebuild), 0) FROM rebuild")
