"""The rule sets and the directory in force, loaded once per edition and shared."""
