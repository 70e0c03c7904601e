"""Areas, supervising bodies and rule sets over time."""
