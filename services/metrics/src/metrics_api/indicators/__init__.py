"""What is counted, and by which rule, as users read it."""
