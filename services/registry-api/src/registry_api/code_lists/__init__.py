"""The code lists over HTTP."""
