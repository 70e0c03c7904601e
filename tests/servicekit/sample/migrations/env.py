"""Where alembic starts."""

from tests.servicekit.sample.tables import metadata

from servicekit.database.migrations import run_environment

run_environment(metadata)
