"""Bring in organizations from files, in jobs that survive a crash."""
