"""How far the answers are behind both ledgers."""
