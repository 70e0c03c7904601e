"""Guidance on Party building, grades, and rankings."""
