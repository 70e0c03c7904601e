"""The fact timeline: followed from both feeds, rebuilt from them, read back."""
