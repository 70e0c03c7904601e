"""Which organizations a body supervises, as jurisdiction-router answers."""
