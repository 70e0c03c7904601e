"""Finding, counting, exporting and reading assignments, now and as known before."""
