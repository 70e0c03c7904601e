"""The HTTP edge: routes, schemas and the one error table."""
