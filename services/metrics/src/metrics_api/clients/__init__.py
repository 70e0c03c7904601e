"""Narrow, tolerant models of the other services: only the fields that are read."""
