"""Rule sets, the facts they decide by, and reading both from files."""
