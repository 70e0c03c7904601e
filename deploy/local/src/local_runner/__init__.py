"""Runs the whole platform on one machine: PostgreSQL from the wheel, three services, two followers."""
