"""Proofs that nothing was altered or lost."""
