"""What to do with the changes of the registry and of the router."""
