"""Counts how far the social organizations are covered by Party building."""
