"""A fact: its columns, its timeline, and predicates over it."""
