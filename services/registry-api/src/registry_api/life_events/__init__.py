"""Record what happens to an organization."""
