"""The organization itself: its model, its rules, and the ways to read it."""
