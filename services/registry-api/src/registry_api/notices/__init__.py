"""Consistency notices: what does not fit together."""
