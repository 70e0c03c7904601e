"""What the ledger tells of organizations, up to a position."""
