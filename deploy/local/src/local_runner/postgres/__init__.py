"""A PostgreSQL server of one's own, from the programs in a wheel."""
