"""What organizations owe: rules, terms, and their words."""
