"""Leadership elections 换届 and their candidates."""
