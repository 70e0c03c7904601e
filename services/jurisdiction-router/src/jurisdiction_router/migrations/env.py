"""Alembic's entry point."""

from jurisdiction_router.tables import metadata
from servicekit.database import run_environment

run_environment(metadata)
