"""Reading areas and bodies on a date."""
