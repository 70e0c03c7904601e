"""Invented organizations, the same at every run."""
