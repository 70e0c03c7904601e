"""Designations that outrank the rules, and disputes about assignments."""
