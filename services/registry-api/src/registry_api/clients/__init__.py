"""The other services, as narrowly as this one needs them."""
