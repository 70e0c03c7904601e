"""Plumbing shared by the three services; no domain words in it."""
