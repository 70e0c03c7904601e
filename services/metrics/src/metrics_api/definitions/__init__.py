"""The definitions and labels that ship with the service, read from their YAML files."""
