"""The proof that a rule set answers every combination of facts once, everywhere and always."""
