"""The register's rows: how organizations are locked, changed, stored, and voided."""
