"""RFC 8785 canonical JSON, for the float-free values that ledgers hold.

orjson with sorted keys gives the same bytes as RFC 8785 as long as keys are ASCII and numbers are
integers that every JSON reader keeps exact; a property-based test holds it equal to the reference
implementation. Where it falls down: floats and larger integers, which `canonical_json` refuses,
and keys beyond U+DFFF, whose order differs (UTF-8 here, UTF-16 there).
"""

import hashlib
from typing import Any

import orjson

_EXACT = 2**53 - 1
"""The largest integer that I-JSON (RFC 7493 section 2.2) promises to keep exact."""

GENESIS = bytes(32)
"""The digest before the first event of a chain."""


def canonical_json(value: Any) -> bytes:
    """The RFC 8785 bytes of `value` (None, bool, int, str, list, dict with ASCII keys).

    Raises ValueError for what has no canonical form here: a float, an integer beyond 2^53 - 1,
    half of a surrogate pair, any other type.
    """
    refuse_inexact(value)
    return canonical_text(value)


def canonical_text(value: Any) -> bytes:
    """The same for a value that a model has held to integers and text already: six times faster.

    Where it falls down: it does not notice a float or an integer beyond 2^53 - 1.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise ValueError(f"no canonical JSON: {error}") from error


def refuse_inexact(value: Any) -> None:
    """Raises ValueError when `value` holds a float or an integer that has no exact form."""
    if isinstance(value, str):
        return
    if isinstance(value, dict):
        for item in value.values():
            refuse_inexact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            refuse_inexact(item)
    elif isinstance(value, float):
        raise ValueError(f"a ledger holds no floats, found {value!r}")
    elif isinstance(value, int) and not -_EXACT <= value <= _EXACT:
        raise ValueError(f"a ledger holds no integers beyond 2^53 - 1, found {value!r}")


def chain(algorithm: str, previous: bytes, event: bytes) -> bytes:
    """The next digest of a chain: H(previous digest ‖ canonical event), 32 bytes."""
    return hashlib.new(algorithm, previous + event).digest()
