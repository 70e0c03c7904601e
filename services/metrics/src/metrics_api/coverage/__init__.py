"""How far an indicator is covered, by any dimensions, on any day, at any edition."""
