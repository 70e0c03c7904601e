"""How one organization stands in every indicator."""
