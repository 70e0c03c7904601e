"""Measurements against simpler ways of doing the same; only the ratios carry over."""
