"""Register, read, find and look up organizations, and their timelines."""
