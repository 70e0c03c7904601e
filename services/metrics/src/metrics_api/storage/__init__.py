"""Where things are kept: the only place with queries, and the reader of the definition files."""
