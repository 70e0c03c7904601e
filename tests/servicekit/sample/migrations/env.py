"""Where alembic starts."""

from tests.servicekit.sample.tables import metadata

from servicekit.migrations import run_environment

run_environment(metadata)
