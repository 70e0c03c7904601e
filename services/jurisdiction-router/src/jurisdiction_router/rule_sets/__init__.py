"""Rule sets from draft over proof and approval to the day on which they come into force."""
