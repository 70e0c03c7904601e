"""Alembic's entry."""

from metrics_api.tables import metadata
from servicekit.database import run_environment

run_environment(metadata)
