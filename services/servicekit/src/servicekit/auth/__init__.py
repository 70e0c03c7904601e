"""Who calls, what the token allows, and which areas it covers."""

from servicekit.auth.caller import Caller
from servicekit.auth.territory import area_prefix
from servicekit.auth.verifier import TokenVerifier

__all__ = [
    "Caller",
    "TokenVerifier",
    "area_prefix",
]
