"""The router's areas, bodies and rule sets as every edition believed them."""
