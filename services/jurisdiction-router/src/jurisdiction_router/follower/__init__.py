"""What to do with the changes of the registry."""
