"""One module per thing a user can do; each owns its transaction."""
