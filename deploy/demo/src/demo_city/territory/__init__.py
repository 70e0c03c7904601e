"""Real divisions, and the Party bodies and offices in them."""
