"""What is true of a social organization, in pure Python: no I/O, no framework."""
