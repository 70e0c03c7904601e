"""The organizations behind a count."""
