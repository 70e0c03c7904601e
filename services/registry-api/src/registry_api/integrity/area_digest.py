r"""A digest over the organizations of an area, which a consumer can compute from its own copy.

A consumer limited to areas sees holes in the ledger's positions, so the chain proves nothing to
it. This does, at one position:

    digest = H( line(o₁) ‖ line(o₂) ‖ … )          organizations in the order of their ids
    line(o) = id ‖ " " ‖ revision ‖ " " ‖ hex(H(JCS(document))) ‖ "\n"

`document` is the organization as the API, the export (NDJSON, one a line) and, with `id` and
`revision`, the last state of its last event's timeline show it; JCS is its RFC 8785 canonical
form, so the order of members and white space make no difference; H is the ledger's hash; ids are
compared as text, which for UUIDs is the order of their bytes. Nothing at all has H("").
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from servicekit.ledger import canonical_json


class AreaDigest:
    """The digest under way."""

    def __init__(self, algorithm: str) -> None:
        self._algorithm = algorithm
        self._whole = hashlib.new(algorithm)
        self.count = 0

    def add(self, documents: Iterable[str]) -> None:
        """Further documents as JSON text, in the order of their ids."""
        for text in documents:
            document: dict[str, Any] = orjson.loads(text)
            inner = hashlib.new(self._algorithm, canonical_json(document)).hexdigest()
            self._whole.update(f"{document['id']} {document['revision']} {inner}\n".encode())
            self.count += 1

    def hexdigest(self) -> str:
        """The digest of what was added."""
        return self._whole.hexdigest()
