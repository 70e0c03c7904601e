"""Which organizations meet filters: now, or at a point in time."""
