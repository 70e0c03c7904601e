"""Answers for facts in the request; nothing is stored."""
