"""Obligations, overdue formations and the information base."""
