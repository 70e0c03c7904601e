"""Brings assignments in step with facts and jurisdiction; the follower's apply lies here."""
