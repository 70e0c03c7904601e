"""Alembic's entry point."""

from jurisdiction_router.storage.tables import metadata
from servicekit.database import run_environment

run_environment(metadata)
