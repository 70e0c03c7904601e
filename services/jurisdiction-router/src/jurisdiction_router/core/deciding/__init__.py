"""From facts, rules and directory to a decision with its reason, on a day and over time."""
