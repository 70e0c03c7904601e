"""Imports of the directory: loaded without effect, compared, then activated or discarded."""
