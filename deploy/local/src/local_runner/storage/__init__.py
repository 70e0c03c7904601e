"""The data folder: what lies where, and who owns it."""
