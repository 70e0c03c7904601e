"""Tables, and the only place with queries."""
