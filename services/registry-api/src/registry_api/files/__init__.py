"""Reading and writing table files."""
