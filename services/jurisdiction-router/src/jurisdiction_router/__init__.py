"""Assigns each social organization to its supervising Party body, with a reason."""
