"""Mergers, splits, and organizations entered in error."""
