"""Runs the whole platform on one machine: PostgreSQL, three services and two followers."""
