"""Organizations as files: NDJSON, CSV, XLSX."""
