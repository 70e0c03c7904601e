"""The smallest service with everything servicekit offers, as a real package with migrations."""
