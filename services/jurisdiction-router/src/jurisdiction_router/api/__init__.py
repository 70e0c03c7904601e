"""The HTTP edge: routes, schemas, and the one table of errors."""
