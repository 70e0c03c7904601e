"""PostgreSQL as the services use it: engines, copy, migrations, locks, notifications, retention."""

from servicekit.database.engines import Database, copy_rows, is_unavailable, new_metadata, plain_dsn
from servicekit.database.migrations import Migrations, StaleSchema, TableBusy, run_environment
from servicekit.database.notifications import Notifications
from servicekit.database.retention import Retention

__all__ = [
    "Database",
    "Migrations",
    "Notifications",
    "Retention",
    "StaleSchema",
    "TableBusy",
    "copy_rows",
    "is_unavailable",
    "new_metadata",
    "plain_dsn",
    "run_environment",
]
