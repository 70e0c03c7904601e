"""RFC 8785 canonical JSON, for the float-free values that ledgers hold.

orjson with sorted keys gives the same bytes as RFC 8785 as long as keys are ASCII and numbers are
integers; a property-based test holds it equal to the reference implementation. Where it falls
down: floats and non-ASCII keys, which is why `canonical_json` refuses floats.
"""

import hashlib
from typing import Any

import orjson

GENESIS = bytes(32)
"""The digest before the first event of a chain."""


def canonical_json(value: Any) -> bytes:
    """The RFC 8785 bytes of `value` (None, bool, int, str, list, dict with ASCII keys).

    Raises ValueError for a float, whose canonical form this writer does not promise.
    """
    _refuse_floats(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"a ledger holds no floats, found {value!r}")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_floats(item)


def chain(algorithm: str, previous: bytes, event: bytes) -> bytes:
    """The next digest of a chain: H(previous digest ‖ canonical event), 32 bytes."""
    return hashlib.new(algorithm, previous + event).digest()
