"""How indicators went over time."""
