"""The runner as token issuer, and the secrets it makes."""
